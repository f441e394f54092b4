.class public Lfixture/Service;
.super Landroid/app/Service;

.method public name()V
    .registers 6
    nop
    return-void
.end method
