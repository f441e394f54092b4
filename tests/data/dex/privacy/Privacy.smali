.class public Lfixture/Privacy;
.super Ljava/lang/Object;

.method public static found_device_id(Landroid/telephony/TelephonyManager;)V
    .registers 6
    invoke-virtual {p0}, Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;
    return-void
.end method

.method public static found_imei(Landroid/telephony/TelephonyManager;)V
    .registers 6
    invoke-virtual {p0}, Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;
    return-void
.end method

.method public static found_subscriber_id(Landroid/telephony/TelephonyManager;)V
    .registers 6
    invoke-virtual {p0}, Landroid/telephony/TelephonyManager;->getSubscriberId()Ljava/lang/String;
    return-void
.end method

.method public static found_sim_serial(Landroid/telephony/TelephonyManager;)V
    .registers 6
    invoke-virtual {p0}, Landroid/telephony/TelephonyManager;->getSimSerialNumber()Ljava/lang/String;
    return-void
.end method

.method public static found_phone_number(Landroid/telephony/TelephonyManager;)V
    .registers 6
    invoke-virtual {p0}, Landroid/telephony/TelephonyManager;->getLine1Number()Ljava/lang/String;
    return-void
.end method

.method public static not_device_id(Lfixture/Telephony;)V
    .registers 6
    invoke-virtual {p0}, Lfixture/Telephony;->getDeviceId()Ljava/lang/String;
    return-void
.end method

.method public static found_android_id(Landroid/content/ContentResolver;)V
    .registers 6
    const-string v0, "android_id"
    invoke-static {p0, v0}, Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;
    return-void
.end method

.method public static not_android_id(Landroid/content/ContentResolver;)V
    .registers 6
    const-string v0, "bluetooth_name"
    invoke-static {p0, v0}, Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;
    return-void
.end method

.method public static unsure_android_id(Landroid/content/ContentResolver;Ljava/lang/String;)V
    .registers 6
    invoke-static {p0, p1}, Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;
    return-void
.end method

.method public static found_serial_field()V
    .registers 6
    sget-object v0, Landroid/os/Build;->SERIAL:Ljava/lang/String;
    return-void
.end method

.method public static not_serial_field()V
    .registers 6
    sget-object v0, Landroid/os/Build;->MODEL:Ljava/lang/String;
    return-void
.end method

.method public static found_contacts()V
    .registers 6
    sget-object v0, Landroid/provider/ContactsContract$CommonDataKinds$Phone;->CONTENT_URI:Landroid/net/Uri;
    return-void
.end method

.method public static found_contacts__text()V
    .registers 6
    const-string v0, "content://com.android.contacts/data"
    return-void
.end method

.method public static not_contacts()V
    .registers 6
    const-string v0, "see content://com.android.contacts"
    return-void
.end method

.method public static found_sms()V
    .registers 6
    const-string v0, "content://sms/inbox"
    return-void
.end method

.method public static found_body_sensors(Landroid/hardware/SensorManager;)V
    .registers 6
    const/16 v0, 21
    invoke-virtual {p0, v0}, Landroid/hardware/SensorManager;->getDefaultSensor(I)Landroid/hardware/Sensor;
    return-void
.end method

.method public static not_body_sensors(Landroid/hardware/SensorManager;)V
    .registers 6
    const/16 v0, 1
    invoke-virtual {p0, v0}, Landroid/hardware/SensorManager;->getDefaultSensor(I)Landroid/hardware/Sensor;
    return-void
.end method

.method public static found_physical_activity(Landroid/hardware/SensorManager;)V
    .registers 6
    const/16 v0, 19
    invoke-virtual {p0, v0}, Landroid/hardware/SensorManager;->getDefaultSensor(I)Landroid/hardware/Sensor;
    return-void
.end method

.method public static not_physical_activity(Landroid/hardware/SensorManager;)V
    .registers 6
    const/16 v0, 21
    invoke-virtual {p0, v0}, Landroid/hardware/SensorManager;->getDefaultSensor(I)Landroid/hardware/Sensor;
    return-void
.end method

.method public static unsure_body_sensors(Landroid/hardware/SensorManager;I)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/hardware/SensorManager;->getDefaultSensor(I)Landroid/hardware/Sensor;
    return-void
.end method

.method public static found_location(Landroid/location/LocationManager;)V
    .registers 6
    const-string v0, "gps"
    invoke-virtual {p0, v0}, Landroid/location/LocationManager;->getLastKnownLocation(Ljava/lang/String;)Landroid/location/Location;
    return-void
.end method

.method public static found_notification__service(Lfixture/Service;Landroid/app/Notification;)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, v0, p1}, Lfixture/Service;->startForeground(ILandroid/app/Notification;)V
    return-void
.end method
