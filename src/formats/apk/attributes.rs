//! Numbers of the platform's attributes that a manifest is asked for (AOSP `core/res/res/values/public-final.xml`, Android 17).

/// One constant a line, and all of them by name.
macro_rules! attributes {
    ($($constant:ident $name:literal $id:literal)*) => {
        $(pub const $constant: u32 = $id;)*

        /// Names with numbers, sorted by name.
        pub const ALL: &[(&str, u32)] = &[$(($name, $id)),*];
    };
}

attributes! {
    ALLOW_BACKUP "allowBackup" 0x0101_0280
    ALLOW_NATIVE_HEAP_POINTER_TAGGING "allowNativeHeapPointerTagging" 0x0101_0612
    ALLOW_TASK_REPARENTING "allowTaskReparenting" 0x0101_0204
    APP_COMPONENT_FACTORY "appComponentFactory" 0x0101_057a
    AUTHORITIES "authorities" 0x0101_0018
    AUTO_VERIFY "autoVerify" 0x0101_04ee
    BACKUP_AGENT "backupAgent" 0x0101_027f
    COMPILE_SDK_VERSION "compileSdkVersion" 0x0101_0572
    DATA_EXTRACTION_RULES "dataExtractionRules" 0x0101_063e
    DEBUGGABLE "debuggable" 0x0101_000f
    ENABLED "enabled" 0x0101_000e
    EXPORTED "exported" 0x0101_0010
    EXTRACT_NATIVE_LIBS "extractNativeLibs" 0x0101_04ea
    FORCE_URI_PERMISSIONS "forceUriPermissions" 0x0101_059f
    FULL_BACKUP_CONTENT "fullBackupContent" 0x0101_04eb
    FULL_BACKUP_ONLY "fullBackupOnly" 0x0101_0473
    GL_ES_VERSION "glEsVersion" 0x0101_0281
    GRANT_URI_PERMISSIONS "grantUriPermissions" 0x0101_001b
    HAS_CODE "hasCode" 0x0101_000c
    HAS_FRAGILE_USER_DATA "hasFragileUserData" 0x0101_059a
    HOST "host" 0x0101_0028
    IS_FEATURE_SPLIT "isFeatureSplit" 0x0101_055b
    IS_SPLIT_REQUIRED "isSplitRequired" 0x0101_0591
    ISOLATED_PROCESS "isolatedProcess" 0x0101_03a9
    LAUNCH_MODE "launchMode" 0x0101_001d
    MAX_SDK_VERSION "maxSdkVersion" 0x0101_0271
    MIN_SDK_VERSION "minSdkVersion" 0x0101_020c
    NAME "name" 0x0101_0003
    NETWORK_SECURITY_CONFIG "networkSecurityConfig" 0x0101_0527
    PATH "path" 0x0101_002a
    PATH_ADVANCED_PATTERN "pathAdvancedPattern" 0x0101_0620
    PATH_PATTERN "pathPattern" 0x0101_002c
    PATH_PREFIX "pathPrefix" 0x0101_002b
    PATH_SUFFIX "pathSuffix" 0x0101_061e
    PERMISSION "permission" 0x0101_0006
    PERMISSION_GROUP "permissionGroup" 0x0101_000a
    PROTECTION_LEVEL "protectionLevel" 0x0101_0009
    READ_PERMISSION "readPermission" 0x0101_0007
    REQUEST_LEGACY_EXTERNAL_STORAGE "requestLegacyExternalStorage" 0x0101_0603
    REQUIRED "required" 0x0101_028e
    REQUIRED_SPLIT_TYPES "requiredSplitTypes" 0x0101_064e
    RESTORE_ANY_VERSION "restoreAnyVersion" 0x0101_02ba
    SCHEME "scheme" 0x0101_0027
    SHARED_USER_ID "sharedUserId" 0x0101_000b
    SPLIT_TYPES "splitTypes" 0x0101_064f
    TARGET_ACTIVITY "targetActivity" 0x0101_0202
    TARGET_PACKAGE "targetPackage" 0x0101_0021
    TARGET_SANDBOX_VERSION "targetSandboxVersion" 0x0101_054c
    TARGET_SDK_VERSION "targetSdkVersion" 0x0101_0270
    TASK_AFFINITY "taskAffinity" 0x0101_0012
    TEST_ONLY "testOnly" 0x0101_0272
    USES_CLEARTEXT_TRAFFIC "usesCleartextTraffic" 0x0101_04ec
    USES_PERMISSION_FLAGS "usesPermissionFlags" 0x0101_0644
    VALUE "value" 0x0101_0024
    VERSION_CODE "versionCode" 0x0101_021b
    VERSION_CODE_MAJOR "versionCodeMajor" 0x0101_0576
    VERSION_NAME "versionName" 0x0101_021c
    WRITE_PERMISSION "writePermission" 0x0101_0008
}

/// What an attribute is called.
pub fn name(id: u32) -> &'static str {
    ALL.iter().find(|(_, of)| *of == id).map_or("", |(name, _)| name)
}

/// The number of an attribute; 0 where a manifest is not asked for it.
pub fn id(name: &str) -> u32 {
    ALL.iter().find(|(of, _)| *of == name).map_or(0, |(_, id)| *id)
}
