.class public Lfixture/Dynamic;
.super Ljava/lang/Object;

.method public static found_dex_class_loader(Ljava/lang/ClassLoader;)V
    .registers 6
    new-instance v0, Ldalvik/system/DexClassLoader;
    const-string v1, "/data/local/tmp/a.dex"
    invoke-direct {v0, v1, v1, v1, p0}, Ldalvik/system/DexClassLoader;-><init>(Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;Ljava/lang/ClassLoader;)V
    return-void
.end method

.method public static found_in_memory_dex_class_loader(Ljava/nio/ByteBuffer;Ljava/lang/ClassLoader;)V
    .registers 6
    new-instance v0, Ldalvik/system/InMemoryDexClassLoader;
    invoke-direct {v0, p0, p1}, Ldalvik/system/InMemoryDexClassLoader;-><init>(Ljava/nio/ByteBuffer;Ljava/lang/ClassLoader;)V
    return-void
.end method

.method public static found_library_by_path()V
    .registers 6
    const-string v0, "/data/local/tmp/a.so"
    invoke-static {v0}, Ljava/lang/System;->load(Ljava/lang/String;)V
    return-void
.end method

.method public static not_library_by_path()V
    .registers 6
    const-string v0, "own"
    invoke-static {v0}, Ljava/lang/System;->loadLibrary(Ljava/lang/String;)V
    return-void
.end method

.method public static found_runtime_exec()V
    .registers 6
    const-string v0, "id"
    invoke-static {}, Ljava/lang/Runtime;->getRuntime()Ljava/lang/Runtime;
    move-result-object v1
    invoke-virtual {v1, v0}, Ljava/lang/Runtime;->exec(Ljava/lang/String;)Ljava/lang/Process;
    return-void
.end method

.method public static found_foreign_code_context(Landroid/content/Context;)V
    .registers 6
    const-string v0, "other.app"
    const/4 v1, 3
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->createPackageContext(Ljava/lang/String;I)Landroid/content/Context;
    return-void
.end method

.method public static not_foreign_code_context(Landroid/content/Context;)V
    .registers 6
    const-string v0, "other.app"
    const/4 v1, 2
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->createPackageContext(Ljava/lang/String;I)Landroid/content/Context;
    return-void
.end method

.method public static unsure_foreign_code_context(Landroid/content/Context;I)V
    .registers 6
    const-string v0, "other.app"
    invoke-virtual {p0, v0, p1}, Landroid/content/Context;->createPackageContext(Ljava/lang/String;I)Landroid/content/Context;
    return-void
.end method

.method public static found_package_install()V
    .registers 6
    const-string v0, "application/vnd.android.package-archive"
    return-void
.end method
