.class public Lfixture/Storage;
.super Ljava/lang/Object;

.method public static found_world_readable_file(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 1
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;
    return-void
.end method

.method public static not_world_readable_file(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 0
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;
    return-void
.end method

.method public static unsure_world_readable_file(Landroid/content/Context;I)V
    .registers 6
    const-string v0, "name"
    invoke-virtual {p0, v0, p1}, Landroid/content/Context;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;
    return-void
.end method

.method public static found_world_writable_file(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 2
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;
    return-void
.end method

.method public static not_world_writable_file(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 1
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;
    return-void
.end method

.method public static found_world_writable_file__dir(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 3
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->getDir(Ljava/lang/String;I)Ljava/io/File;
    return-void
.end method

.method public static found_world_readable_preferences(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 1
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->getSharedPreferences(Ljava/lang/String;I)Landroid/content/SharedPreferences;
    return-void
.end method

.method public static not_world_readable_preferences(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 0
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->getSharedPreferences(Ljava/lang/String;I)Landroid/content/SharedPreferences;
    return-void
.end method

.method public static found_world_writable_preferences(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 2
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->getSharedPreferences(Ljava/lang/String;I)Landroid/content/SharedPreferences;
    return-void
.end method

.method public static not_world_writable_preferences(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 0
    invoke-virtual {p0, v0, v1}, Landroid/content/Context;->getSharedPreferences(Ljava/lang/String;I)Landroid/content/SharedPreferences;
    return-void
.end method

.method public static found_world_readable_database(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 1
    invoke-virtual {p0, v0, v1, v2}, Landroid/content/Context;->openOrCreateDatabase(Ljava/lang/String;ILandroid/database/sqlite/SQLiteDatabase$CursorFactory;)Landroid/database/sqlite/SQLiteDatabase;
    return-void
.end method

.method public static not_world_readable_database(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 2
    invoke-virtual {p0, v0, v1, v2}, Landroid/content/Context;->openOrCreateDatabase(Ljava/lang/String;ILandroid/database/sqlite/SQLiteDatabase$CursorFactory;)Landroid/database/sqlite/SQLiteDatabase;
    return-void
.end method

.method public static found_world_writable_database(Landroid/content/Context;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 2
    invoke-virtual {p0, v0, v1, v2}, Landroid/content/Context;->openOrCreateDatabase(Ljava/lang/String;ILandroid/database/sqlite/SQLiteDatabase$CursorFactory;)Landroid/database/sqlite/SQLiteDatabase;
    return-void
.end method

.method public static found_world_readable_file__setReadable(Ljava/io/File;)V
    .registers 6
    const/4 v0, 0x1
    const/4 v1, 0x0
    invoke-virtual {p0, v0, v1}, Ljava/io/File;->setReadable(ZZ)Z
    return-void
.end method

.method public static not_world_readable_file__setReadable(Ljava/io/File;)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, v0, v0}, Ljava/io/File;->setReadable(ZZ)Z
    return-void
.end method

.method public static not_world_readable_file__setReadable_unknown(Ljava/io/File;Z)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, p1, v0}, Ljava/io/File;->setReadable(ZZ)Z
    return-void
.end method

.method public static unsure_world_readable_file__setReadable(Ljava/io/File;Z)V
    .registers 6
    const/4 v0, 0x0
    invoke-virtual {p0, p1, v0}, Ljava/io/File;->setReadable(ZZ)Z
    return-void
.end method

.method public static found_world_writable_file__setWritable(Ljava/io/File;)V
    .registers 6
    const/4 v0, 0x1
    const/4 v1, 0x0
    invoke-virtual {p0, v0, v1}, Ljava/io/File;->setWritable(ZZ)Z
    return-void
.end method

.method public static not_world_writable_file__setWritable(Ljava/io/File;)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, v0, v0}, Ljava/io/File;->setWritable(ZZ)Z
    return-void
.end method

.method public static not_world_writable_file__setWritable_unknown(Ljava/io/File;Z)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, p1, v0}, Ljava/io/File;->setWritable(ZZ)Z
    return-void
.end method

.method public static unsure_world_writable_file__setWritable(Ljava/io/File;Z)V
    .registers 6
    const/4 v0, 0x0
    invoke-virtual {p0, p1, v0}, Ljava/io/File;->setWritable(ZZ)Z
    return-void
.end method

.method public static found_world_readable_file__activity(Lfixture/MainActivity;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 1
    invoke-virtual {p0, v0, v1}, Lfixture/MainActivity;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;
    return-void
.end method

.method public static found_world_readable_file__other_dex(Lfixture/DefinedElsewhere;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 1
    invoke-virtual {p0, v0, v1}, Lfixture/DefinedElsewhere;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;
    return-void
.end method

.method public static not_world_readable_file__own(Lfixture/Files;)V
    .registers 6
    const-string v0, "name"
    const/4 v1, 1
    invoke-virtual {p0, v0, v1}, Lfixture/Files;->openFileOutput(Ljava/lang/String;I)Ljava/io/FileOutputStream;
    return-void
.end method

.method public static found_external_storage()V
    .registers 6
    invoke-static {}, Landroid/os/Environment;->getExternalStorageDirectory()Ljava/io/File;
    return-void
.end method

.method public static found_log()V
    .registers 6
    const-string v0, "tag"
    invoke-static {v0, v0}, Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I
    invoke-static {v0, v0}, Landroid/util/Log;->e(Ljava/lang/String;Ljava/lang/String;)I
    return-void
.end method
