.class public Lfixture/Settings;
.super Ljava/lang/Object;

.method public setJavaScriptEnabled(Z)V
    .registers 6
    nop
    return-void
.end method
