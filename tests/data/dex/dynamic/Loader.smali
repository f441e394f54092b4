.class public Lfixture/Loader;
.super Ldalvik/system/DexClassLoader;

.method public name()V
    .registers 6
    nop
    return-void
.end method
