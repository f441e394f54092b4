.class public Lfixture/not_hostname_verifier_accepts_all__rejects;
.super Ljava/lang/Object;
.implements Ljavax/net/ssl/HostnameVerifier;

.method public verify(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z
    .registers 6
    const/4 v0, 0x0
    return v0
.end method
