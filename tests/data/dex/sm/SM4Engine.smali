.class public Lorg/bouncycastle/crypto/engines/SM4Engine;
.super Ljava/lang/Object;

# A library that names its own algorithm is no use of it.
.method public getAlgorithmName()Ljava/lang/String;
    .registers 6
    const-string v0, "SM4"
    return-object v0
.end method
