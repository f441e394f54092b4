.class public Lfixture/Tls;
.super Ljava/lang/Object;

.method public static found_allow_all_hostname_verifier()V
    .registers 6
    sget-object v0, Lorg/apache/http/conn/ssl/SSLSocketFactory;->ALLOW_ALL_HOSTNAME_VERIFIER:Lorg/apache/http/conn/ssl/X509HostnameVerifier;
    return-void
.end method

.method public static found_allow_all_hostname_verifier__new()V
    .registers 6
    new-instance v0, Lorg/apache/http/conn/ssl/AllowAllHostnameVerifier;
    invoke-direct {v0}, Lorg/apache/http/conn/ssl/AllowAllHostnameVerifier;-><init>()V
    return-void
.end method

.method public static not_allow_all_hostname_verifier()V
    .registers 6
    sget-object v0, Lorg/apache/http/conn/ssl/SSLSocketFactory;->STRICT_HOSTNAME_VERIFIER:Lorg/apache/http/conn/ssl/X509HostnameVerifier;
    return-void
.end method

.method public static found_default_hostname_verifier_replaced(Ljavax/net/ssl/HostnameVerifier;)V
    .registers 6
    invoke-static {p0}, Ljavax/net/ssl/HttpsURLConnection;->setDefaultHostnameVerifier(Ljavax/net/ssl/HostnameVerifier;)V
    return-void
.end method

.method public static found_default_socket_factory_replaced(Ljavax/net/ssl/SSLSocketFactory;)V
    .registers 6
    invoke-static {p0}, Ljavax/net/ssl/HttpsURLConnection;->setDefaultSSLSocketFactory(Ljavax/net/ssl/SSLSocketFactory;)V
    return-void
.end method

.method public static found_insecure_socket_factory()V
    .registers 6
    const/16 v0, 0x3e8
    const/4 v1, 0x0
    invoke-static {v0, v1}, Landroid/net/SSLCertificateSocketFactory;->getInsecure(ILandroid/net/SSLSessionCache;)Ljavax/net/ssl/SSLSocketFactory;
    move-result-object v0
    return-void
.end method

.method public static found_outdated_protocol()V
    .registers 6
    const-string v0, "TLSv1"
    invoke-static {v0}, Ljavax/net/ssl/SSLContext;->getInstance(Ljava/lang/String;)Ljavax/net/ssl/SSLContext;
    return-void
.end method

.method public static not_outdated_protocol()V
    .registers 6
    const-string v0, "TLSv1.3"
    invoke-static {v0}, Ljavax/net/ssl/SSLContext;->getInstance(Ljava/lang/String;)Ljavax/net/ssl/SSLContext;
    return-void
.end method

.method public static unsure_outdated_protocol(Ljava/lang/String;)V
    .registers 6
    invoke-static {p0}, Ljavax/net/ssl/SSLContext;->getInstance(Ljava/lang/String;)Ljavax/net/ssl/SSLContext;
    return-void
.end method

.method public static found_ssl_error_proceed(Landroid/webkit/SslErrorHandler;)V
    .registers 6
    invoke-virtual {p0}, Landroid/webkit/SslErrorHandler;->proceed()V
    return-void
.end method
