.class public Lfixture/found_hostname_verifier_accepts_all__lambda;
.super Ljava/lang/Object;
.implements Ljavax/net/ssl/HostnameVerifier;

.method public verify(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z
    .registers 6
    invoke-static {p1, p2}, Lfixture/found_hostname_verifier_accepts_all__lambda;->lambda$0(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z
    move-result v0
    return v0
.end method

.method private static synthetic lambda$0(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z
    .registers 6
    const/4 v0, 0x1
    return v0
.end method
