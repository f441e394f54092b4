.class public Lfixture/Bridged;
.super Landroid/webkit/WebView;

.method public found_javascript_interface__inherited(Ljava/lang/Object;)V
    .registers 6
    const-string v0, "bridge"
    invoke-virtual {p0, p1, v0}, Lfixture/Bridged;->addJavascriptInterface(Ljava/lang/Object;Ljava/lang/String;)V
    return-void
.end method

.method public not_cleartext_load__overridden()V
    .registers 6
    const-string v0, "http://subsite.example/"
    invoke-virtual {p0, v0}, Lfixture/Bridged;->loadUrl(Ljava/lang/String;)V
    return-void
.end method

.method public loadUrl(Ljava/lang/String;)V
    .registers 6
    nop
    return-void
.end method
