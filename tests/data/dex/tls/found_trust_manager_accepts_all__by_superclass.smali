.class public Lfixture/found_trust_manager_accepts_all__by_superclass;
.super Lfixture/Base;

.method public checkServerTrusted([Ljava/security/cert/X509Certificate;Ljava/lang/String;)V
    .registers 6
    return-void
.end method
