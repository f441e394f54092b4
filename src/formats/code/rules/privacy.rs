//! What identifies a person, a device or a subscriber, and what a person keeps on the device.
//!
//! Grants are those of the platform's documentation; `from` and `until` are API levels.

use crate::formats::code::rule::{Grant, Rule, When, call, read, text};

const TELEPHONY: &[&str] = &["android.telephony.TelephonyManager"];
const TELECOM: &[&str] = &["android.telecom.TelecomManager"];
const SUBSCRIPTIONS: &[&str] = &["android.telephony.SubscriptionManager"];
const SUBSCRIPTION: &[&str] = &["android.telephony.SubscriptionInfo"];
const SMS_MANAGER: &[&str] = &["android.telephony.SmsManager", "android.telephony.gsm.SmsManager"];
const BUILD: &[&str] = &["android.os.Build"];
const SETTINGS: &[&str] = &["android.provider.Settings$Secure", "android.provider.Settings$System"];
const WIFI_INFO: &[&str] = &["android.net.wifi.WifiInfo"];
const INTERFACE: &[&str] = &["java.net.NetworkInterface"];
const BLUETOOTH: &[&str] = &["android.bluetooth.BluetoothAdapter"];
const PACKAGES: &[&str] = &["android.content.pm.PackageManager"];
const ACTIVITIES: &[&str] = &["android.app.ActivityManager"];
const USAGE: &[&str] = &["android.app.usage.UsageStatsManager"];
const CLIPBOARD: &[&str] = &["android.content.ClipboardManager", "android.text.ClipboardManager"];
const ACCOUNTS: &[&str] = &["android.accounts.AccountManager"];
const CONTACTS: &[&str] = &["android.provider.Contacts*"];
const CONTACT_LOOKUP: &[&str] = &["android.provider.ContactsContract$Contacts"];
const CALLS: &[&str] = &["android.provider.CallLog*"];
const CALENDAR: &[&str] = &["android.provider.CalendarContract*"];
const SMS: &[&str] =
    &["android.provider.Telephony$Sms*", "android.provider.Telephony$Mms*", "android.provider.Telephony$Threads*"];
const SMS_INTENTS: &[&str] = &["android.provider.Telephony$Sms$Intents"];
const VOICEMAIL: &[&str] = &["android.provider.VoicemailContract*"];
const ADVERTISING: &[&str] =
    &["com.google.android.gms.ads.identifier.AdvertisingIdClient", "androidx.ads.identifier.AdvertisingIdClient"];
const OAID: &[&str] = &["com.bun.miitmdid.core.MdidSdkHelper", "com.huawei.hms.ads.identifier.AdvertisingIdClient"];

const PHONE_STATE: &[Grant] = &[Grant::always("android.permission.READ_PHONE_STATE")];
const BASIC_STATE: &[Grant] = &[
    Grant::from("android.permission.READ_BASIC_PHONE_STATE", 33),
    Grant::always("android.permission.READ_PHONE_STATE"),
];
/// Since Android 10 no app that users install gets it.
const DEVICE_ID: &[Grant] = &[
    Grant::until("android.permission.READ_PHONE_STATE", 28),
    Grant::from("android.permission.READ_PRIVILEGED_PHONE_STATE", 29),
];
const NUMBER: &[Grant] = &[
    Grant::until("android.permission.READ_PHONE_STATE", 29),
    Grant::from("android.permission.READ_PHONE_NUMBERS", 26),
];
const CALL_LOG: &[Grant] =
    &[Grant::always("android.permission.READ_CALL_LOG"), Grant::always("android.permission.WRITE_CALL_LOG")];
const CONTACT: &[Grant] =
    &[Grant::always("android.permission.READ_CONTACTS"), Grant::always("android.permission.WRITE_CONTACTS")];
const EVENTS: &[Grant] =
    &[Grant::always("android.permission.READ_CALENDAR"), Grant::always("android.permission.WRITE_CALENDAR")];
const READ_SMS: &[Grant] = &[Grant::always("android.permission.READ_SMS")];
const SEND_SMS: &[Grant] = &[Grant::always("android.permission.SEND_SMS")];
const RECEIVE_SMS: &[Grant] = &[Grant::always("android.permission.RECEIVE_SMS")];
const RECEIVE_PUSH: &[Grant] =
    &[Grant::always("android.permission.RECEIVE_WAP_PUSH"), Grant::always("android.permission.RECEIVE_MMS")];
const WIFI: &[Grant] = &[Grant::always("android.permission.ACCESS_WIFI_STATE")];
const BLUETOOTH_ADDRESS: &[Grant] =
    &[Grant::until("android.permission.BLUETOOTH", 30), Grant::from("android.permission.BLUETOOTH_CONNECT", 31)];
/// Without it, an app sees few others since Android 11; one that users need not be asked for.
const ALL_PACKAGES: &[Grant] = &[Grant::from("android.permission.QUERY_ALL_PACKAGES", 30)];
const TASKS: &[Grant] = &[Grant::always("android.permission.GET_TASKS")];
const ACCOUNT: &[Grant] =
    &[Grant::always("android.permission.GET_ACCOUNTS"), Grant::from("android.permission.READ_CONTACTS", 26)];
const ANSWER: &[Grant] = &[Grant::from("android.permission.ANSWER_PHONE_CALLS", 26)];
const CALL: &[Grant] = &[Grant::always("android.permission.CALL_PHONE")];
const OUTGOING: &[Grant] = &[Grant::always("android.permission.PROCESS_OUTGOING_CALLS")];
const VOICEMAILS: &[Grant] = &[Grant::always("com.android.voicemail.permission.ADD_VOICEMAIL")];
const SIP: &[Grant] = &[Grant::always("android.permission.USE_SIP")];
const AD_ID: &[Grant] = &[Grant::from("com.google.android.gms.permission.AD_ID", 33)];
const USAGE_STATS: &[Grant] = &[Grant::always("android.permission.PACKAGE_USAGE_STATS")];

pub(super) const RULES: &[Rule] = &[
    call("device_id", TELEPHONY, "getDeviceId").grants(DEVICE_ID),
    call("imei", TELEPHONY, "getImei").grants(DEVICE_ID),
    call("meid", TELEPHONY, "getMeid").grants(DEVICE_ID),
    call("subscriber_id", TELEPHONY, "getSubscriberId").grants(DEVICE_ID),
    call("sim_serial", TELEPHONY, "getSimSerialNumber").grants(DEVICE_ID),
    call("sim_serial", SUBSCRIPTION, "getIccId").grants(DEVICE_ID),
    call("phone_number", TELEPHONY, "getLine1Number").grants(NUMBER),
    call("phone_number", SUBSCRIPTIONS, "getPhoneNumber").grants(NUMBER),
    call("phone_number", SUBSCRIPTION, "getNumber").grants(NUMBER),
    call("voicemail_number", TELEPHONY, "getVoiceMailNumber").grants(PHONE_STATE),
    call("voicemail_number", TELEPHONY, "getVoiceMailAlphaTag").grants(PHONE_STATE),
    call("voicemail_number", &["android.telephony.PhoneNumberUtils"], "isVoiceMailNumber").grants(PHONE_STATE),
    call("device_software", TELEPHONY, "getDeviceSoftwareVersion").grants(PHONE_STATE),
    call("subscriber_group", TELEPHONY, "getGroupIdLevel1").grants(PHONE_STATE),
    call("forbidden_networks", TELEPHONY, "getForbiddenPlmns").grants(PHONE_STATE),
    call("subscriptions", SUBSCRIPTIONS, "getActiveSubscriptionInfoList").grants(PHONE_STATE),
    call("subscriptions", SUBSCRIPTIONS, "getActiveSubscriptionInfo").grants(PHONE_STATE),
    call("subscriptions", SUBSCRIPTIONS, "getActiveSubscriptionInfoCount").grants(PHONE_STATE),
    call("subscriptions", SUBSCRIPTIONS, "addOnSubscriptionsChangedListener").grants(PHONE_STATE),
    call("subscriptions", SUBSCRIPTIONS, "getActiveSubscriptionInfoForSimSlotIndex").grants(PHONE_STATE),
    call("network_type", TELEPHONY, "getNetworkType").grants(BASIC_STATE),
    call("network_type", TELEPHONY, "getDataNetworkType").grants(BASIC_STATE),
    call("network_type", TELEPHONY, "getVoiceNetworkType").grants(BASIC_STATE),
    call("call_state", TELEPHONY, "listen").grants(PHONE_STATE),
    call("call_state", TELEPHONY, "registerTelephonyCallback").grants(PHONE_STATE),
    call("call_state", TELEPHONY, "getCallStateForSubscription").grants(PHONE_STATE),
    call("call_state", TELEPHONY, "getServiceState").grants(PHONE_STATE),
    call("call_state", TELECOM, "showInCallScreen").grants(PHONE_STATE),
    call("call_state", TELECOM, "isInCall").grants(PHONE_STATE),
    call("call_state", TELECOM, "getCallCapablePhoneAccounts").grants(PHONE_STATE),
    text("call_state", &["android.intent.action.PHONE_STATE"]).grants(PHONE_STATE),
    call("carrier", TELEPHONY, "getNetworkOperator"),
    call("carrier", TELEPHONY, "getSimOperator"),
    call("call_answer", TELECOM, "acceptRingingCall").grants(ANSWER),
    call("call_answer", TELECOM, "endCall").grants(ANSWER),
    call("call_phone", TELECOM, "placeCall").grants(CALL),
    text("call_phone", &["android.intent.action.CALL"]).grants(CALL),
    text("outgoing_calls", &["android.intent.action.NEW_OUTGOING_CALL"]).grants(OUTGOING),
    call("sip", &["android.net.sip.SipManager"], "newInstance").grants(SIP),
    call("serial", BUILD, "getSerial").grants(DEVICE_ID),
    read("serial_field", BUILD, "SERIAL"),
    text("serial_field", &["ro.serialno", "ro.boot.serialno"]),
    call("android_id", SETTINGS, "getString").when(When::Text(1, is_android_id)),
    call("wifi_mac_address", WIFI_INFO, "getMacAddress").grants(WIFI),
    call("mac_address", INTERFACE, "getHardwareAddress"),
    text("mac_address", &["/sys/class/net/wlan0/address", "/sys/class/net/eth0/address"]),
    call("bluetooth_address", BLUETOOTH, "getAddress").grants(BLUETOOTH_ADDRESS),
    text("bluetooth_address_setting", &["bluetooth_address"]),
    call("drm_id", &["android.media.MediaDrm"], "getPropertyByteArray"),
    call("advertising_id", ADVERTISING, "getAdvertisingIdInfo").grants(AD_ID),
    call("oaid", OAID, "InitSdk"),
    call("oaid", OAID, "getAdvertisingIdInfo"),
    text("oaid", &["com.uodis.opendevice.OPENIDS_SERVICE", "content://com.vivo.vms.IdProvider/IdentifierId*"]),
    call("installed_packages", PACKAGES, "getInstalledPackages").grants(ALL_PACKAGES),
    call("installed_applications", PACKAGES, "getInstalledApplications").grants(ALL_PACKAGES),
    text("installed_packages", &["pm list package*"]).grants(ALL_PACKAGES),
    call("intent_activities", PACKAGES, "queryIntentActivities").grants(ALL_PACKAGES),
    call("running_tasks", ACTIVITIES, "getRunningTasks").grants(TASKS),
    call("running_tasks", ACTIVITIES, "getRecentTasks").grants(TASKS),
    call("running_processes", ACTIVITIES, "getRunningAppProcesses"),
    call("running_services", ACTIVITIES, "getRunningServices"),
    call("usage_stats", USAGE, "queryUsageStats").grants(USAGE_STATS),
    call("usage_stats", USAGE, "queryEvents").grants(USAGE_STATS),
    call("usage_stats", USAGE, "queryAndAggregateUsageStats").grants(USAGE_STATS),
    call("clipboard_read", CLIPBOARD, "getPrimaryClip"),
    call("clipboard_read", CLIPBOARD, "getText"),
    call("clipboard_watch", CLIPBOARD, "addPrimaryClipChangedListener"),
    call("accounts", ACCOUNTS, "getAccounts").grants(ACCOUNT),
    call("accounts", ACCOUNTS, "getAccountsByType").grants(ACCOUNT),
    call("accounts", ACCOUNTS, "getAccountsByTypeAndFeatures").grants(ACCOUNT),
    call("accounts", ACCOUNTS, "addOnAccountsUpdatedListener").grants(ACCOUNT),
    read("contacts", CONTACTS, "*").grants(CONTACT),
    call("contacts", CONTACT_LOOKUP, "getLookupUri").grants(CONTACT),
    call("contacts", CONTACT_LOOKUP, "openContactPhotoInputStream").grants(CONTACT),
    text("contacts", &["content://com.android.contacts*", "content://contacts*", "com.android.contacts"])
        .grants(CONTACT),
    text("contacts", &["content://icc/adn*", "content://sim/adn*"]).grants(CONTACT),
    read("call_log", CALLS, "*").grants(CALL_LOG),
    call("call_log", CALLS, "*").grants(CALL_LOG),
    text("call_log", &["content://call_log*"]).grants(CALL_LOG),
    read("calendar", CALENDAR, "*").grants(EVENTS),
    call("calendar", CALENDAR, "*").grants(EVENTS),
    text("calendar", &["content://com.android.calendar*"]).grants(EVENTS),
    read("sms", SMS, "*").grants(READ_SMS),
    text("sms", &["content://sms*", "content://mms*"]).grants(READ_SMS),
    call("sms_send", SMS_MANAGER, "sendTextMessage").grants(SEND_SMS),
    call("sms_send", SMS_MANAGER, "sendMultipartTextMessage").grants(SEND_SMS),
    call("sms_send", SMS_MANAGER, "sendDataMessage").grants(SEND_SMS),
    call("sms_send", SMS_MANAGER, "sendMultimediaMessage").grants(SEND_SMS),
    call("sms_receive", SMS_INTENTS, "getMessagesFromIntent").grants(RECEIVE_SMS),
    call("sms_receive", &["android.telephony.SmsMessage", "android.telephony.gsm.SmsMessage"], "createFromPdu")
        .grants(RECEIVE_SMS),
    text("sms_receive", &["android.provider.Telephony.SMS_RECEIVED", "android.provider.Telephony.SMS_DELIVER"])
        .grants(RECEIVE_SMS),
    text("push_receive", &["android.provider.Telephony.WAP_PUSH_RECEIVED"]).grants(RECEIVE_PUSH),
    read("voicemail", VOICEMAIL, "*").grants(VOICEMAILS),
    call("voicemail", VOICEMAIL, "*").grants(VOICEMAILS),
];

fn is_android_id(name: &str) -> bool {
    name == "android_id"
}
