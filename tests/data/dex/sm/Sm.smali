.class public Lfixture/Sm;
.super Ljava/lang/Object;

.method public static found_sm4()V
    .registers 6
    const-string v0, "SM4/GCM/NoPadding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_sm4()V
    .registers 6
    const-string v0, "AES/GCM/NoPadding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_sm3()V
    .registers 6
    const-string v0, "SM3"
    invoke-static {v0}, Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;
    return-void
.end method

.method public static not_sm3()V
    .registers 6
    const-string v0, "SHA-256"
    invoke-static {v0}, Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;
    return-void
.end method

.method public static found_sm2()V
    .registers 6
    const-string v0, "SM3withSM2"
    invoke-static {v0}, Ljava/security/Signature;->getInstance(Ljava/lang/String;)Ljava/security/Signature;
    return-void
.end method

.method public static not_sm2()V
    .registers 6
    const-string v0, "SHA256withECDSA"
    invoke-static {v0}, Ljava/security/Signature;->getInstance(Ljava/lang/String;)Ljava/security/Signature;
    return-void
.end method

.method public static found_sm2__engine()V
    .registers 6
    new-instance v0, Lorg/bouncycastle/crypto/engines/SM2Engine;
    invoke-direct {v0}, Lorg/bouncycastle/crypto/engines/SM2Engine;-><init>()V
    return-void
.end method

.method public static found_tlcp()V
    .registers 6
    const-string v0, "TLCP"
    invoke-static {v0}, Ljavax/net/ssl/SSLContext;->getInstance(Ljava/lang/String;)Ljavax/net/ssl/SSLContext;
    return-void
.end method

.method public static not_tlcp()V
    .registers 6
    const-string v0, "TLS"
    invoke-static {v0}, Ljavax/net/ssl/SSLContext;->getInstance(Ljava/lang/String;)Ljavax/net/ssl/SSLContext;
    return-void
.end method

.method public static found_tls13_sm()V
    .registers 6
    const-string v0, "TLS_SM4_GCM_SM3"
    return-void
.end method

.method public static found_sm9()V
    .registers 6
    const-string v0, "SM9"
    return-void
.end method

.method public static found_zuc()V
    .registers 6
    const-string v0, "ZUC-128"
    return-void
.end method
