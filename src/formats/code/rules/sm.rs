//! National cryptography (GM/T): SM2, SM3, SM4, SM9, ZUC and TLCP, and the libraries that bring them.

use crate::formats::code::rule::{Rule, call, defines, text};

/// Libraries of algorithms: that they mention one says nothing of the app.
pub(super) const PROVIDERS: &[&str] = &[
    "org.bouncycastle.",
    "org.spongycastle.",
    "com.tencent.kona.",
    "org.gmssl.",
    "net.tongsuo.",
    "org.conscrypt.",
    "com.aliyun.gmsse.",
    "cn.hutool.",
];

const SM2: &[&str] = &[
    "org.bouncycastle.crypto.engines.SM2Engine",
    "org.bouncycastle.crypto.signers.SM2Signer",
    "org.bouncycastle.crypto.agreement.SM2KeyExchange",
    "org.spongycastle.crypto.engines.SM2Engine",
    "org.spongycastle.crypto.signers.SM2Signer",
    "cn.hutool.crypto.asymmetric.SM2",
    "org.gmssl.Sm2Key",
];
const SM3: &[&str] = &[
    "org.bouncycastle.crypto.digests.SM3Digest",
    "org.spongycastle.crypto.digests.SM3Digest",
    "cn.hutool.crypto.digest.SM3",
    "org.gmssl.Sm3",
    "org.gmssl.Sm3Hmac",
];
const SM4: &[&str] = &[
    "org.bouncycastle.crypto.engines.SM4Engine",
    "org.spongycastle.crypto.engines.SM4Engine",
    "cn.hutool.crypto.symmetric.SM4",
    "org.gmssl.Sm4Cbc",
    "org.gmssl.Sm4Ctr",
    "org.gmssl.Sm4Gcm",
];
const ZUC: &[&str] =
    &["org.bouncycastle.crypto.engines.Zuc128Engine", "org.bouncycastle.crypto.engines.Zuc256Engine", "org.gmssl.Zuc"];

pub(super) const RULES: &[Rule] = &[
    call("sm2", SM2, "<init>"),
    text("sm2", &["SM2", "SM3withSM2", "SM3WithSM2", "SM3WITHSM2", "sm2p256v1", "curveSM2", "wapip192v1"]),
    text("sm2", &["1.2.156.10197.1.301", "1.2.156.10197.1.501"]),
    call("sm3", SM3, "<init>"),
    text("sm3", &["SM3", "HmacSM3", "HMACSM3", "SM3withSM2", "SM3WithSM2", "SM3WITHSM2", "1.2.156.10197.1.401"]),
    call("sm4", SM4, "<init>"),
    text("sm4", &["SM4", "SM4/*", "sm4/*", "sm4", "1.2.156.10197.1.104*"]),
    text("sm9", &["SM9", "1.2.156.10197.1.302"]),
    call("sm9", &["org.gmssl.Sm9EncKey", "org.gmssl.Sm9SignKey"], "<init>"),
    call("zuc", ZUC, "<init>"),
    text("zuc", &["ZUC", "ZUC-128", "ZUC-256"]),
    text("tlcp", &["TLCP", "TLCPv1.1", "TLCP_*", "GMSSLv1.1", "GMTLS", "NTLS", "ECC_SM4_*", "ECDHE_SM4_*"]),
    text("tls13_sm", &["TLS_SM4_GCM_SM3", "TLS_SM4_CCM_SM3"]),
    defines(
        "sm_library_bouncycastle",
        &["org.bouncycastle.crypto.engines.SM4Engine", "org.spongycastle.crypto.engines.SM4Engine"],
    ),
    defines("sm_library_kona", &["com.tencent.kona."]),
    defines("sm_library_gmssl", &["org.gmssl."]),
    defines("sm_library_tongsuo", &["net.tongsuo."]),
    defines("sm_library_gmsse", &["com.aliyun.gmsse."]),
    defines("sm_library_hutool", &["cn.hutool.crypto.SmUtil"]),
    defines("sm_library_bjca", &["cn.org.bjca."]),
    defines("sm_library_cfca", &["cfca.sadk.", "com.cfca."]),
    defines("sm_library_infosec", &["cn.com.infosec."]),
    defines("sm_library_itrus", &["com.itrus.", "cn.topca."]),
    defines("sm_library_koal", &["com.koal.", "koal."]),
    defines("sm_library_sansec", &["com.sansec."]),
];
