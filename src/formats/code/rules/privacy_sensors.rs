//! Where a person is, what the device sees and hears of the surroundings, and what lies in shared storage.

use crate::formats::code::rule::{Grant, Rule, When, call, read, text};

const LOCATIONS: &[&str] = &["android.location.LocationManager"];
const FUSED: &[&str] = &[
    "com.google.android.gms.location.FusedLocationProviderClient",
    "com.google.android.gms.location.FusedLocationProviderApi",
    "com.huawei.hms.location.FusedLocationProviderClient",
];
const GEOFENCES: &[&str] =
    &["com.google.android.gms.location.GeofencingClient", "com.huawei.hms.location.GeofenceService"];
const AMAP: &[&str] = &["com.amap.api.location.AMapLocationClient"];
const BAIDU: &[&str] = &["com.baidu.location.LocationClient"];
const TENCENT: &[&str] = &["com.tencent.map.geolocation.TencentLocationManager"];
const TELEPHONY: &[&str] = &["android.telephony.TelephonyManager"];
const WIFI_MANAGER: &[&str] = &["android.net.wifi.WifiManager"];
const WIFI_INFO: &[&str] = &["android.net.wifi.WifiInfo"];
const WIFI_DIRECT: &[&str] = &["android.net.wifi.p2p.WifiP2pManager"];
const WIFI_AWARE: &[&str] = &["android.net.wifi.aware.WifiAwareManager"];
const WIFI_RANGING: &[&str] = &["android.net.wifi.rtt.WifiRttManager"];
const WEB_LOCATION: &[&str] = &["android.webkit.GeolocationPermissions$Callback"];
const WEB_PERMISSION: &[&str] = &["android.webkit.PermissionRequest"];
const CAMERA: &[&str] = &["android.hardware.Camera"];
const CAMERA_2: &[&str] = &["android.hardware.camera2.CameraManager"];
const CAMERA_X: &[&str] = &["androidx.camera.lifecycle.ProcessCameraProvider", "androidx.camera.view.CameraController"];
const RECORDER: &[&str] = &["android.media.MediaRecorder"];
const AUDIO: &[&str] = &["android.media.AudioRecord"];
const SPEECH: &[&str] = &["android.speech.SpeechRecognizer"];
const PROJECTION: &[&str] = &["android.media.projection.MediaProjectionManager"];
const SENSORS: &[&str] = &["android.hardware.SensorManager"];
const ACTIVITY_CLIENT: &[&str] = &["com.google.android.gms.location.ActivityRecognitionClient"];
const ADAPTER: &[&str] = &["android.bluetooth.BluetoothAdapter"];
const SCANNER: &[&str] = &["android.bluetooth.le.BluetoothLeScanner"];
const ADVERTISER: &[&str] = &["android.bluetooth.le.BluetoothLeAdvertiser"];
const DEVICE: &[&str] = &["android.bluetooth.BluetoothDevice"];
const UWB: &[&str] = &["androidx.core.uwb.UwbManager", "com.google.android.gms.nearby.uwb.UwbClient"];
const ENVIRONMENT: &[&str] = &["android.os.Environment"];
const IMAGES: &[&str] = &["android.provider.MediaStore$Images*"];
const VIDEO: &[&str] = &["android.provider.MediaStore$Video*"];
const MUSIC: &[&str] = &["android.provider.MediaStore$Audio*"];
const FILES: &[&str] = &["android.provider.MediaStore$Files*", "android.provider.MediaStore$Downloads*"];
const MEDIA: &[&str] = &["android.provider.MediaStore"];
const EXIF: &[&str] = &["android.media.ExifInterface", "androidx.exifinterface.media.ExifInterface"];
const NOTIFICATIONS: &[&str] = &["android.app.NotificationManager", "androidx.core.app.NotificationManagerCompat"];

const FINE: Grant = Grant::always("android.permission.ACCESS_FINE_LOCATION");
const COARSE: Grant = Grant::always("android.permission.ACCESS_COARSE_LOCATION");
const LOCATION: &[Grant] = &[FINE, COARSE];
const CELLS: &[Grant] = &[FINE, Grant::until("android.permission.ACCESS_COARSE_LOCATION", 28)];
const FENCES: &[Grant] = &[FINE, Grant::from("android.permission.ACCESS_BACKGROUND_LOCATION", 29)];
const WIFI_STATE: &[Grant] = &[Grant::always("android.permission.ACCESS_WIFI_STATE")];
const SCANS: &[Grant] = &[FINE, COARSE, Grant::from("android.permission.NEARBY_WIFI_DEVICES", 33)];
const NEARBY_WIFI: &[Grant] = &[
    Grant::from("android.permission.NEARBY_WIFI_DEVICES", 33),
    Grant::until("android.permission.ACCESS_FINE_LOCATION", 32),
    Grant::until("android.permission.ACCESS_COARSE_LOCATION", 28),
];
const PICTURES: &[Grant] = &[Grant::always("android.permission.CAMERA")];
const MICROPHONE: &[Grant] = &[Grant::always("android.permission.RECORD_AUDIO")];
const WEB: &[Grant] = &[Grant::always("android.permission.CAMERA"), Grant::always("android.permission.RECORD_AUDIO")];
const BODY: &[Grant] =
    &[Grant::always("android.permission.BODY_SENSORS"), Grant::from("android.permission.BODY_SENSORS_BACKGROUND", 33)];
const ACTIVITY: &[Grant] = &[Grant::from("android.permission.ACTIVITY_RECOGNITION", 29)];
const BLUETOOTH_SCAN: &[Grant] = &[
    Grant::from("android.permission.BLUETOOTH_SCAN", 31),
    Grant::until("android.permission.ACCESS_FINE_LOCATION", 30),
    Grant::until("android.permission.ACCESS_COARSE_LOCATION", 28),
];
const BLUETOOTH_CONNECT: &[Grant] =
    &[Grant::from("android.permission.BLUETOOTH_CONNECT", 31), Grant::until("android.permission.BLUETOOTH", 30)];
const BLUETOOTH_ADVERTISE: &[Grant] = &[
    Grant::from("android.permission.BLUETOOTH_ADVERTISE", 31),
    Grant::until("android.permission.BLUETOOTH_ADMIN", 30),
];
const UWB_RANGING: &[Grant] = &[Grant::from("android.permission.UWB_RANGING", 31)];
const STORAGE: &[Grant] = &[
    Grant::until("android.permission.READ_EXTERNAL_STORAGE", 32),
    Grant::until("android.permission.WRITE_EXTERNAL_STORAGE", 29),
    Grant::from("android.permission.MANAGE_EXTERNAL_STORAGE", 30),
];
const VISUAL: Grant = Grant::from("android.permission.READ_MEDIA_VISUAL_USER_SELECTED", 34);
const OLD_STORAGE: Grant = Grant::until("android.permission.READ_EXTERNAL_STORAGE", 32);
const OLD_WRITE: Grant = Grant::until("android.permission.WRITE_EXTERNAL_STORAGE", 29);
const MEDIA_IMAGES: &[Grant] =
    &[Grant::from("android.permission.READ_MEDIA_IMAGES", 33), VISUAL, OLD_STORAGE, OLD_WRITE];
const MEDIA_VIDEO: &[Grant] = &[Grant::from("android.permission.READ_MEDIA_VIDEO", 33), VISUAL, OLD_STORAGE, OLD_WRITE];
const MEDIA_AUDIO: &[Grant] = &[Grant::from("android.permission.READ_MEDIA_AUDIO", 33), OLD_STORAGE, OLD_WRITE];
const MEDIA_ANY: &[Grant] = &[
    Grant::from("android.permission.READ_MEDIA_IMAGES", 33),
    Grant::from("android.permission.READ_MEDIA_VIDEO", 33),
    Grant::from("android.permission.READ_MEDIA_AUDIO", 33),
    VISUAL,
    OLD_STORAGE,
    OLD_WRITE,
];
const MEDIA_PLACE: &[Grant] = &[Grant::from("android.permission.ACCESS_MEDIA_LOCATION", 29)];
const NOTIFY: &[Grant] = &[Grant::from("android.permission.POST_NOTIFICATIONS", 33)];

/// TYPE_HEART_RATE and TYPE_HEART_BEAT; TYPE_STEP_DETECTOR and TYPE_STEP_COUNTER.
const HEART: When = When::OneOf(0, &[21, 31]);
const STEPS: When = When::Within(0, 18, 19);

pub(super) const RULES: &[Rule] = &[
    call("location", LOCATIONS, "requestLocationUpdates").grants(LOCATION),
    call("location", LOCATIONS, "requestSingleUpdate").grants(LOCATION),
    call("location", LOCATIONS, "getLastKnownLocation").grants(LOCATION),
    call("location", LOCATIONS, "getCurrentLocation").grants(LOCATION),
    call("location", LOCATIONS, "addProximityAlert").grants(LOCATION),
    call("location", LOCATIONS, "addNmeaListener").grants(LOCATION),
    call("location", LOCATIONS, "addGpsStatusListener").grants(LOCATION),
    call("location", LOCATIONS, "registerGnssStatusCallback").grants(LOCATION),
    call("location", FUSED, "getLastLocation").grants(LOCATION),
    call("location", FUSED, "getCurrentLocation").grants(LOCATION),
    call("location", FUSED, "requestLocationUpdates").grants(LOCATION),
    call("location", AMAP, "startLocation").grants(LOCATION),
    call("location", BAIDU, "start").grants(LOCATION),
    call("location", TENCENT, "requestLocationUpdates").grants(LOCATION),
    call("location", TENCENT, "requestSingleFreshLocation").grants(LOCATION),
    call("geofence", GEOFENCES, "addGeofences").grants(FENCES),
    call("geofence", GEOFENCES, "createGeofenceList").grants(FENCES),
    call("cell_location", TELEPHONY, "getAllCellInfo").grants(CELLS),
    call("cell_location", TELEPHONY, "getCellLocation").grants(CELLS),
    call("cell_location", TELEPHONY, "requestCellInfoUpdate").grants(CELLS),
    call("cell_location", TELEPHONY, "getNeighboringCellInfo").grants(CELLS),
    call("wifi_info", WIFI_MANAGER, "getConnectionInfo").grants(WIFI_STATE),
    call("wifi_ssid", WIFI_INFO, "getSSID").grants(SCANS),
    call("wifi_ssid", WIFI_INFO, "getBSSID").grants(SCANS),
    call("wifi_scan", WIFI_MANAGER, "getScanResults").grants(SCANS),
    call("wifi_scan", WIFI_MANAGER, "startScan").grants(SCANS),
    call("wifi_configured", WIFI_MANAGER, "getConfiguredNetworks").grants(SCANS),
    call("nearby_wifi", WIFI_MANAGER, "startLocalOnlyHotspot").grants(NEARBY_WIFI),
    call("nearby_wifi", WIFI_DIRECT, "discoverPeers").grants(NEARBY_WIFI),
    call("nearby_wifi", WIFI_DIRECT, "discoverServices").grants(NEARBY_WIFI),
    call("nearby_wifi", WIFI_DIRECT, "requestPeers").grants(NEARBY_WIFI),
    call("nearby_wifi", WIFI_DIRECT, "connect").grants(NEARBY_WIFI),
    call("nearby_wifi", WIFI_DIRECT, "createGroup").grants(NEARBY_WIFI),
    call("nearby_wifi", WIFI_AWARE, "attach").grants(NEARBY_WIFI),
    call("nearby_wifi", WIFI_RANGING, "startRanging").grants(NEARBY_WIFI),
    call("web_location", WEB_LOCATION, "invoke").grants(LOCATION),
    call("web_capture", WEB_PERMISSION, "grant").grants(WEB),
    call("camera", CAMERA, "open").grants(PICTURES),
    call("camera", CAMERA_2, "openCamera").grants(PICTURES),
    call("camera", CAMERA_X, "bindToLifecycle").grants(PICTURES),
    call("camera", RECORDER, "setVideoSource").grants(PICTURES),
    text("camera", &["android.media.action.IMAGE_CAPTURE*", "android.media.action.VIDEO_CAPTURE"]).grants(PICTURES),
    call("torch", CAMERA_2, "setTorchMode"),
    call("microphone", RECORDER, "setAudioSource").grants(MICROPHONE),
    call("microphone", AUDIO, "<init>").grants(MICROPHONE),
    call("microphone", AUDIO, "startRecording").grants(MICROPHONE),
    call("microphone", SPEECH, "startListening").grants(MICROPHONE),
    call("microphone", &["android.media.audiofx.Visualizer"], "<init>").grants(MICROPHONE),
    call("screen_capture", PROJECTION, "createScreenCaptureIntent"),
    call("sensors", SENSORS, "registerListener"),
    call("body_sensors", SENSORS, "getDefaultSensor").when(HEART).grants(BODY),
    text("body_sensors", &["android.sensor.heart_rate", "android.sensor.heart_beat"]).grants(BODY),
    call("physical_activity", SENSORS, "getDefaultSensor").when(STEPS).grants(ACTIVITY),
    call("physical_activity", ACTIVITY_CLIENT, "requestActivityUpdates").grants(ACTIVITY),
    call("physical_activity", ACTIVITY_CLIENT, "requestActivityTransitionUpdates").grants(ACTIVITY),
    call("bluetooth_scan", ADAPTER, "startDiscovery").grants(BLUETOOTH_SCAN),
    call("bluetooth_scan", ADAPTER, "startLeScan").grants(BLUETOOTH_SCAN),
    call("bluetooth_scan", SCANNER, "startScan").grants(BLUETOOTH_SCAN),
    call("bluetooth_connect", ADAPTER, "getBondedDevices").grants(BLUETOOTH_CONNECT),
    call("bluetooth_connect", ADAPTER, "enable").grants(BLUETOOTH_CONNECT),
    call("bluetooth_connect", ADAPTER, "disable").grants(BLUETOOTH_CONNECT),
    call("bluetooth_connect", ADAPTER, "getName").grants(BLUETOOTH_CONNECT),
    call("bluetooth_connect", ADAPTER, "listenUsingRfcommWithServiceRecord").grants(BLUETOOTH_CONNECT),
    call("bluetooth_connect", DEVICE, "connectGatt").grants(BLUETOOTH_CONNECT),
    call("bluetooth_connect", DEVICE, "createBond").grants(BLUETOOTH_CONNECT),
    call("bluetooth_connect", DEVICE, "createRfcommSocketToServiceRecord").grants(BLUETOOTH_CONNECT),
    call("bluetooth_connect", DEVICE, "getName").grants(BLUETOOTH_CONNECT),
    call("bluetooth_connect", DEVICE, "getBondState").grants(BLUETOOTH_CONNECT),
    text("bluetooth_connect", &["android.bluetooth.adapter.action.REQUEST_ENABLE"]).grants(BLUETOOTH_CONNECT),
    call("bluetooth_advertise", ADVERTISER, "startAdvertising").grants(BLUETOOTH_ADVERTISE),
    call("bluetooth_advertise", ADVERTISER, "startAdvertisingSet").grants(BLUETOOTH_ADVERTISE),
    text("bluetooth_advertise", &["android.bluetooth.adapter.action.REQUEST_DISCOVERABLE"]).grants(BLUETOOTH_ADVERTISE),
    call("uwb", UWB, "controllerSessionScope").grants(UWB_RANGING),
    call("uwb", UWB, "controleeSessionScope").grants(UWB_RANGING),
    call("uwb", UWB, "startRanging").grants(UWB_RANGING),
    call("shared_storage", ENVIRONMENT, "getExternalStorageDirectory").grants(STORAGE),
    call("shared_storage", ENVIRONMENT, "getExternalStoragePublicDirectory").grants(STORAGE),
    text("shared_storage", &["/sdcard*", "/storage/emulated/0*", "/mnt/sdcard*"]).grants(STORAGE),
    read("media_images", IMAGES, "*").grants(MEDIA_IMAGES),
    call("media_images", IMAGES, "*").grants(MEDIA_IMAGES),
    read("media_video", VIDEO, "*").grants(MEDIA_VIDEO),
    call("media_video", VIDEO, "*").grants(MEDIA_VIDEO),
    read("media_audio", MUSIC, "*").grants(MEDIA_AUDIO),
    call("media_audio", MUSIC, "*").grants(MEDIA_AUDIO),
    call("media_files", FILES, "*").grants(MEDIA_ANY),
    text("media_files", &["content://media/*"]).grants(MEDIA_ANY),
    call("media_location", MEDIA, "setRequireOriginal").grants(MEDIA_PLACE),
    call("media_location", EXIF, "getLatLong").grants(MEDIA_PLACE),
    call("notification", NOTIFICATIONS, "notify").grants(NOTIFY),
    call("notification", &["android.app.Service"], "startForeground").grants(NOTIFY),
];
