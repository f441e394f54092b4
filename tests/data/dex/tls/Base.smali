.class public Lfixture/Base;
.super Ljava/lang/Object;
.implements Ljavax/net/ssl/X509TrustManager;

.method public name()V
    .registers 6
    nop
    return-void
.end method
