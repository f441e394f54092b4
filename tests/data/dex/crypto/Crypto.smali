.class public Lfixture/Crypto;
.super Ljava/lang/Object;

.method public static found_cipher_des()V
    .registers 6
    const-string v0, "DES/CBC/PKCS5Padding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_cipher_des()V
    .registers 6
    const-string v0, "AES/CBC/PKCS5Padding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_cipher_3des()V
    .registers 6
    const-string v0, "DESede"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_cipher_3des()V
    .registers 6
    const-string v0, "DES"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_cipher_rc4()V
    .registers 6
    const-string v0, "RC4"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_cipher_rc4()V
    .registers 6
    const-string v0, "RC2"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_cipher_rc2()V
    .registers 6
    const-string v0, "RC2"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_cipher_rc2()V
    .registers 6
    const-string v0, "RC4"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_cipher_blowfish()V
    .registers 6
    const-string v0, "Blowfish"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_cipher_blowfish()V
    .registers 6
    const-string v0, "Twofish"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_cipher_ecb()V
    .registers 6
    const-string v0, "AES/ECB/PKCS5Padding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_cipher_ecb()V
    .registers 6
    const-string v0, "RSA/ECB/OAEPPadding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_cipher_default_mode()V
    .registers 6
    const-string v0, "AES"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_cipher_default_mode()V
    .registers 6
    const-string v0, "AES/GCM/NoPadding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_rsa_no_padding()V
    .registers 6
    const-string v0, "RSA/ECB/NoPadding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_rsa_no_padding()V
    .registers 6
    const-string v0, "AES/GCM/NoPadding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_rsa_pkcs1_padding()V
    .registers 6
    const-string v0, "RSA"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static not_rsa_pkcs1_padding()V
    .registers 6
    const-string v0, "RSA/ECB/OAEPWithSHA-256AndMGF1Padding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static unsure_cipher_ecb(Ljava/lang/String;)V
    .registers 6
    invoke-static {p0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_cipher_default_mode__sm4()V
    .registers 6
    const-string v0, "SM4"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    return-void
.end method

.method public static found_hash_md5()V
    .registers 6
    const-string v0, "MD5"
    invoke-static {v0}, Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;
    return-void
.end method

.method public static not_hash_md5()V
    .registers 6
    const-string v0, "SHA-256"
    invoke-static {v0}, Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;
    return-void
.end method

.method public static found_hash_sha1()V
    .registers 6
    const-string v0, "SHA-1"
    invoke-static {v0}, Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;
    return-void
.end method

.method public static not_hash_sha1()V
    .registers 6
    const-string v0, "SHA-256"
    invoke-static {v0}, Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;
    return-void
.end method

.method public static found_hash_md2()V
    .registers 6
    const-string v0, "MD2"
    invoke-static {v0}, Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;
    return-void
.end method

.method public static not_hash_md2()V
    .registers 6
    const-string v0, "MD5"
    invoke-static {v0}, Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;
    return-void
.end method

# The word alone is no use of the algorithm.
.method public static not_hash_md5__a_word()V
    .registers 6
    const-string v0, "MD5"
    invoke-static {v0, v0}, Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I
    return-void
.end method

.method public static unsure_hash_md5(Ljava/lang/String;)V
    .registers 6
    invoke-static {p0}, Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;
    return-void
.end method

.method public static found_hmac_md5()V
    .registers 6
    const-string v0, "HmacMD5"
    invoke-static {v0}, Ljavax/crypto/Mac;->getInstance(Ljava/lang/String;)Ljavax/crypto/Mac;
    return-void
.end method

.method public static not_hmac_md5()V
    .registers 6
    const-string v0, "HmacSHA256"
    invoke-static {v0}, Ljavax/crypto/Mac;->getInstance(Ljava/lang/String;)Ljavax/crypto/Mac;
    return-void
.end method

.method public static found_hmac_sha1()V
    .registers 6
    const-string v0, "HmacSHA1"
    invoke-static {v0}, Ljavax/crypto/Mac;->getInstance(Ljava/lang/String;)Ljavax/crypto/Mac;
    return-void
.end method

.method public static not_hmac_sha1()V
    .registers 6
    const-string v0, "HmacSM3"
    invoke-static {v0}, Ljavax/crypto/Mac;->getInstance(Ljava/lang/String;)Ljavax/crypto/Mac;
    return-void
.end method

.method public static found_weak_signature()V
    .registers 6
    const-string v0, "MD5withRSA"
    invoke-static {v0}, Ljava/security/Signature;->getInstance(Ljava/lang/String;)Ljava/security/Signature;
    return-void
.end method

.method public static not_weak_signature()V
    .registers 6
    const-string v0, "SHA256withRSA"
    invoke-static {v0}, Ljava/security/Signature;->getInstance(Ljava/lang/String;)Ljava/security/Signature;
    return-void
.end method

.method public static found_sha1prng()V
    .registers 6
    const-string v0, "SHA1PRNG"
    invoke-static {v0}, Ljava/security/SecureRandom;->getInstance(Ljava/lang/String;)Ljava/security/SecureRandom;
    return-void
.end method

.method public static not_sha1prng()V
    .registers 6
    const-string v0, "NativePRNG"
    invoke-static {v0}, Ljava/security/SecureRandom;->getInstance(Ljava/lang/String;)Ljava/security/SecureRandom;
    return-void
.end method

.method public static found_hardcoded_key()V
    .registers 6
    new-instance v0, Ljavax/crypto/spec/SecretKeySpec;
    const-string v2, "AES"
    const-string v1, "0123456789abcdef"
    invoke-virtual {v1}, Ljava/lang/String;->getBytes()[B
    move-result-object v1
    invoke-direct {v0, v1, v2}, Ljavax/crypto/spec/SecretKeySpec;-><init>([BLjava/lang/String;)V
    return-void
.end method

.method public static found_hardcoded_key__array()V
    .registers 6
    new-instance v0, Ljavax/crypto/spec/SecretKeySpec;
    const-string v2, "AES"
    const/16 v3, 0x4
    new-array v1, v3, [B
    fill-array-data v1, :data
    invoke-direct {v0, v1, v2}, Ljavax/crypto/spec/SecretKeySpec;-><init>([BLjava/lang/String;)V
    return-void
    :data
    .array-data 1
    0x1t
    0x2t
    0x3t
    0x4t
    .end array-data
.end method

.method public static found_hardcoded_key__base64()V
    .registers 6
    new-instance v0, Ljavax/crypto/spec/SecretKeySpec;
    const-string v2, "AES"
    const-string v1, "MDEyMzQ1Njc4OWFiY2RlZg=="
    const/4 v3, 0x0
    invoke-static {v1, v3}, Landroid/util/Base64;->decode(Ljava/lang/String;I)[B
    move-result-object v1
    invoke-direct {v0, v1, v2}, Ljavax/crypto/spec/SecretKeySpec;-><init>([BLjava/lang/String;)V
    return-void
.end method

.method public static unsure_hardcoded_key([B)V
    .registers 6
    new-instance v0, Ljavax/crypto/spec/SecretKeySpec;
    const-string v2, "AES"
    invoke-direct {v0, p0, v2}, Ljavax/crypto/spec/SecretKeySpec;-><init>([BLjava/lang/String;)V
    return-void
.end method

# Somebody may have written to the array.
.method public static unsure_hardcoded_key__filled(Ljava/security/SecureRandom;)V
    .registers 6
    new-instance v0, Ljavax/crypto/spec/SecretKeySpec;
    const-string v2, "AES"
    const/16 v3, 0x10
    new-array v1, v3, [B
    invoke-virtual {p0, v1}, Ljava/security/SecureRandom;->nextBytes([B)V
    invoke-direct {v0, v1, v2}, Ljavax/crypto/spec/SecretKeySpec;-><init>([BLjava/lang/String;)V
    return-void
.end method

.method public static unsure_hardcoded_key__put(B)V
    .registers 6
    new-instance v0, Ljavax/crypto/spec/SecretKeySpec;
    const-string v2, "AES"
    const/4 v3, 0x1
    new-array v1, v3, [B
    const/4 v3, 0x0
    aput-byte p0, v1, v3
    invoke-direct {v0, v1, v2}, Ljavax/crypto/spec/SecretKeySpec;-><init>([BLjava/lang/String;)V
    return-void
.end method

.method public static found_hardcoded_password([C[BI)V
    .registers 10
    new-instance v0, Ljavax/crypto/spec/PBEKeySpec;
    const-string v1, "secret"
    invoke-virtual {v1}, Ljava/lang/String;->toCharArray()[C
    move-result-object v1
    move-object v2, p1
    const v3, 0x30d40
    const/16 v4, 0x100
    invoke-direct/range {v0 .. v4}, Ljavax/crypto/spec/PBEKeySpec;-><init>([C[BII)V
    return-void
.end method

.method public static unsure_hardcoded_password([C[BI)V
    .registers 10
    new-instance v0, Ljavax/crypto/spec/PBEKeySpec;
    move-object v1, p0
    move-object v2, p1
    const v3, 0x30d40
    const/16 v4, 0x100
    invoke-direct/range {v0 .. v4}, Ljavax/crypto/spec/PBEKeySpec;-><init>([C[BII)V
    return-void
.end method

.method public static found_static_salt([C[BI)V
    .registers 10
    new-instance v0, Ljavax/crypto/spec/PBEKeySpec;
    move-object v1, p0
    const-string v2, "salt"
    invoke-virtual {v2}, Ljava/lang/String;->getBytes()[B
    move-result-object v2
    const v3, 0x30d40
    const/16 v4, 0x100
    invoke-direct/range {v0 .. v4}, Ljavax/crypto/spec/PBEKeySpec;-><init>([C[BII)V
    return-void
.end method

.method public static unsure_static_salt([C[BI)V
    .registers 10
    new-instance v0, Ljavax/crypto/spec/PBEKeySpec;
    move-object v1, p0
    move-object v2, p1
    const v3, 0x30d40
    const/16 v4, 0x100
    invoke-direct/range {v0 .. v4}, Ljavax/crypto/spec/PBEKeySpec;-><init>([C[BII)V
    return-void
.end method

.method public static found_few_iterations([C[BI)V
    .registers 10
    new-instance v0, Ljavax/crypto/spec/PBEKeySpec;
    move-object v1, p0
    move-object v2, p1
    const/16 v3, 0x3e8
    const/16 v4, 0x100
    invoke-direct/range {v0 .. v4}, Ljavax/crypto/spec/PBEKeySpec;-><init>([C[BII)V
    return-void
.end method

.method public static not_few_iterations([C[BI)V
    .registers 10
    new-instance v0, Ljavax/crypto/spec/PBEKeySpec;
    move-object v1, p0
    move-object v2, p1
    const v3, 0x30d40
    const/16 v4, 0x100
    invoke-direct/range {v0 .. v4}, Ljavax/crypto/spec/PBEKeySpec;-><init>([C[BII)V
    return-void
.end method

.method public static unsure_few_iterations([C[BI)V
    .registers 10
    new-instance v0, Ljavax/crypto/spec/PBEKeySpec;
    move-object v1, p0
    move-object v2, p1
    move v3, p2
    const/16 v4, 0x100
    invoke-direct/range {v0 .. v4}, Ljavax/crypto/spec/PBEKeySpec;-><init>([C[BII)V
    return-void
.end method

# Sixteen zeros.
.method public static found_static_iv()V
    .registers 6
    new-instance v0, Ljavax/crypto/spec/IvParameterSpec;
    const/16 v2, 0x10
    new-array v1, v2, [B
    invoke-direct {v0, v1}, Ljavax/crypto/spec/IvParameterSpec;-><init>([B)V
    return-void
.end method

.method public static unsure_static_iv([B)V
    .registers 6
    new-instance v0, Ljavax/crypto/spec/IvParameterSpec;
    invoke-direct {v0, p0}, Ljavax/crypto/spec/IvParameterSpec;-><init>([B)V
    return-void
.end method

.method public static found_randomized_encryption_off(Landroid/security/keystore/KeyGenParameterSpec$Builder;)V
    .registers 6
    const/4 v0, 0
    invoke-virtual {p0, v0}, Landroid/security/keystore/KeyGenParameterSpec$Builder;->setRandomizedEncryptionRequired(Z)Landroid/security/keystore/KeyGenParameterSpec$Builder;
    return-void
.end method

.method public static not_randomized_encryption_off(Landroid/security/keystore/KeyGenParameterSpec$Builder;)V
    .registers 6
    const/4 v0, 1
    invoke-virtual {p0, v0}, Landroid/security/keystore/KeyGenParameterSpec$Builder;->setRandomizedEncryptionRequired(Z)Landroid/security/keystore/KeyGenParameterSpec$Builder;
    return-void
.end method

.method public static found_insecure_random()V
    .registers 6
    new-instance v0, Ljava/util/Random;
    invoke-direct {v0}, Ljava/util/Random;-><init>()V
    return-void
.end method

.method public static not_insecure_random()V
    .registers 6
    new-instance v0, Ljava/security/SecureRandom;
    invoke-direct {v0}, Ljava/security/SecureRandom;-><init>()V
    return-void
.end method

.method public static found_seeded_random(Ljava/security/SecureRandom;)V
    .registers 6
    const-wide/16 v0, 0x2a
    invoke-virtual {p0, v0, v1}, Ljava/security/SecureRandom;->setSeed(J)V
    return-void
.end method

.method public static unsure_seeded_random(Ljava/security/SecureRandom;J)V
    .registers 6
    invoke-virtual {p0, p1, p2}, Ljava/security/SecureRandom;->setSeed(J)V
    return-void
.end method

.method public static found_small_rsa_key(Ljava/security/KeyPairGenerator;)V
    .registers 6
    const/16 v0, 0x400
    invoke-virtual {p0, v0}, Ljava/security/KeyPairGenerator;->initialize(I)V
    return-void
.end method

.method public static not_small_rsa_key(Ljava/security/KeyPairGenerator;)V
    .registers 6
    const/16 v0, 0x800
    invoke-virtual {p0, v0}, Ljava/security/KeyPairGenerator;->initialize(I)V
    return-void
.end method

.method public static not_small_rsa_key__curve(Ljava/security/KeyPairGenerator;)V
    .registers 6
    const/16 v0, 0x100
    invoke-virtual {p0, v0}, Ljava/security/KeyPairGenerator;->initialize(I)V
    return-void
.end method

.method public static not_small_rsa_key__specification(Ljava/security/KeyPairGenerator;Ljava/security/spec/AlgorithmParameterSpec;)V
    .registers 6
    invoke-virtual {p0, p1}, Ljava/security/KeyPairGenerator;->initialize(Ljava/security/spec/AlgorithmParameterSpec;)V
    return-void
.end method

.method public static unsure_small_rsa_key(Ljava/security/KeyPairGenerator;I)V
    .registers 6
    invoke-virtual {p0, p1}, Ljava/security/KeyPairGenerator;->initialize(I)V
    return-void
.end method

.method public static found_small_curve()V
    .registers 6
    new-instance v0, Ljava/security/spec/ECGenParameterSpec;
    const-string v1, "secp160r1"
    invoke-direct {v0, v1}, Ljava/security/spec/ECGenParameterSpec;-><init>(Ljava/lang/String;)V
    return-void
.end method

.method public static not_small_curve()V
    .registers 6
    new-instance v0, Ljava/security/spec/ECGenParameterSpec;
    const-string v1, "secp256r1"
    invoke-direct {v0, v1}, Ljava/security/spec/ECGenParameterSpec;-><init>(Ljava/lang/String;)V
    return-void
.end method

.method public static not_small_curve__sm2()V
    .registers 6
    new-instance v0, Ljava/security/spec/ECGenParameterSpec;
    const-string v1, "sm2p256v1"
    invoke-direct {v0, v1}, Ljava/security/spec/ECGenParameterSpec;-><init>(Ljava/lang/String;)V
    return-void
.end method

.method public static found_small_symmetric_key(Ljavax/crypto/KeyGenerator;)V
    .registers 6
    const/16 v0, 0x38
    invoke-virtual {p0, v0}, Ljavax/crypto/KeyGenerator;->init(I)V
    return-void
.end method

.method public static not_small_symmetric_key(Ljavax/crypto/KeyGenerator;)V
    .registers 6
    const/16 v0, 0x80
    invoke-virtual {p0, v0}, Ljavax/crypto/KeyGenerator;->init(I)V
    return-void
.end method
