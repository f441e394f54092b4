.class public Lfixture/not_ssl_error_proceeds__elsewhere;
.super Ljava/lang/Object;

.method public onClick(Landroid/webkit/SslErrorHandler;)V
    .registers 6
    invoke-virtual {p1}, Landroid/webkit/SslErrorHandler;->proceed()V
    return-void
.end method
