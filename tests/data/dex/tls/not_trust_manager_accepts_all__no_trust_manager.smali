.class public Lfixture/not_trust_manager_accepts_all__no_trust_manager;
.super Ljava/lang/Object;

.method public checkServerTrusted([Ljava/security/cert/X509Certificate;Ljava/lang/String;)V
    .registers 6
    return-void
.end method
