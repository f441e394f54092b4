.class public Lfixture/Webview;
.super Ljava/lang/Object;

.method public static found_javascript_enabled(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 1
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setJavaScriptEnabled(Z)V
    return-void
.end method

.method public static not_javascript_enabled(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 0
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setJavaScriptEnabled(Z)V
    return-void
.end method

.method public static unsure_javascript_enabled(Landroid/webkit/WebSettings;Z)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/WebSettings;->setJavaScriptEnabled(Z)V
    return-void
.end method

.method public static found_file_access(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 1
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setAllowFileAccess(Z)V
    return-void
.end method

.method public static not_file_access(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 0
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setAllowFileAccess(Z)V
    return-void
.end method

.method public static unsure_file_access(Landroid/webkit/WebSettings;Z)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/WebSettings;->setAllowFileAccess(Z)V
    return-void
.end method

.method public static found_content_access(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 1
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setAllowContentAccess(Z)V
    return-void
.end method

.method public static not_content_access(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 0
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setAllowContentAccess(Z)V
    return-void
.end method

.method public static unsure_content_access(Landroid/webkit/WebSettings;Z)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/WebSettings;->setAllowContentAccess(Z)V
    return-void
.end method

.method public static found_file_access_from_file_urls(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 1
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setAllowFileAccessFromFileURLs(Z)V
    return-void
.end method

.method public static not_file_access_from_file_urls(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 0
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setAllowFileAccessFromFileURLs(Z)V
    return-void
.end method

.method public static unsure_file_access_from_file_urls(Landroid/webkit/WebSettings;Z)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/WebSettings;->setAllowFileAccessFromFileURLs(Z)V
    return-void
.end method

.method public static found_universal_access_from_file_urls(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 1
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setAllowUniversalAccessFromFileURLs(Z)V
    return-void
.end method

.method public static not_universal_access_from_file_urls(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 0
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setAllowUniversalAccessFromFileURLs(Z)V
    return-void
.end method

.method public static unsure_universal_access_from_file_urls(Landroid/webkit/WebSettings;Z)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/WebSettings;->setAllowUniversalAccessFromFileURLs(Z)V
    return-void
.end method

.method public static found_save_password(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 1
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setSavePassword(Z)V
    return-void
.end method

.method public static not_save_password(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 0
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setSavePassword(Z)V
    return-void
.end method

.method public static unsure_save_password(Landroid/webkit/WebSettings;Z)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/WebSettings;->setSavePassword(Z)V
    return-void
.end method

.method public static found_safe_browsing_disabled(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 0
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setSafeBrowsingEnabled(Z)V
    return-void
.end method

.method public static not_safe_browsing_disabled(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 1
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setSafeBrowsingEnabled(Z)V
    return-void
.end method

.method public static unsure_safe_browsing_disabled(Landroid/webkit/WebSettings;Z)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/WebSettings;->setSafeBrowsingEnabled(Z)V
    return-void
.end method

.method public static found_javascript_interface(Landroid/webkit/WebView;Ljava/lang/Object;)V
    .registers 6
    const-string v0, "bridge"
    invoke-virtual {p0, p1, v0}, Landroid/webkit/WebView;->addJavascriptInterface(Ljava/lang/Object;Ljava/lang/String;)V
    return-void
.end method

.method public static found_mixed_content_allowed(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 0x0
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setMixedContentMode(I)V
    return-void
.end method

.method public static not_mixed_content_allowed(Landroid/webkit/WebSettings;)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setMixedContentMode(I)V
    return-void
.end method

.method public static unsure_mixed_content_allowed(Landroid/webkit/WebSettings;I)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/WebSettings;->setMixedContentMode(I)V
    return-void
.end method

.method public static found_web_contents_debugging()V
    .registers 6
    const/4 v0, 0x1
    invoke-static {v0}, Landroid/webkit/WebView;->setWebContentsDebuggingEnabled(Z)V
    return-void
.end method

.method public static found_third_party_cookies(Landroid/webkit/CookieManager;Landroid/webkit/WebView;)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, p1, v0}, Landroid/webkit/CookieManager;->setAcceptThirdPartyCookies(Landroid/webkit/WebView;Z)V
    return-void
.end method

.method public static not_web_contents_debugging()V
    .registers 6
    const/4 v0, 0x0
    invoke-static {v0}, Landroid/webkit/WebView;->setWebContentsDebuggingEnabled(Z)V
    return-void
.end method

.method public static not_third_party_cookies(Landroid/webkit/CookieManager;Landroid/webkit/WebView;)V
    .registers 6
    const/4 v0, 0x0
    invoke-virtual {p0, p1, v0}, Landroid/webkit/CookieManager;->setAcceptThirdPartyCookies(Landroid/webkit/WebView;Z)V
    return-void
.end method

.method public static found_web_permission_granted(Landroid/webkit/PermissionRequest;[Ljava/lang/String;)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/PermissionRequest;->grant([Ljava/lang/String;)V
    return-void
.end method

.method public static found_cleartext_load(Landroid/webkit/WebView;)V
    .registers 6
    const-string v0, "http://subsite.example/"
    invoke-virtual {p0, v0}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
    return-void
.end method

.method public static not_cleartext_load(Landroid/webkit/WebView;)V
    .registers 6
    const-string v0, "https://subsite.example/http://"
    invoke-virtual {p0, v0}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
    return-void
.end method

.method public static unsure_cleartext_load(Landroid/webkit/WebView;Ljava/lang/String;)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
    return-void
.end method

.method public static found_file_load(Landroid/webkit/WebView;)V
    .registers 6
    const-string v0, "file:///sdcard/page.html"
    invoke-virtual {p0, v0}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
    return-void
.end method

.method public static not_file_load(Landroid/webkit/WebView;)V
    .registers 6
    const-string v0, "https://subsite.example/?file:///sdcard"
    invoke-virtual {p0, v0}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
    return-void
.end method

.method public static found_asset_load(Landroid/webkit/WebView;)V
    .registers 6
    const-string v0, "file:///android_asset/page.html"
    invoke-virtual {p0, v0}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
    return-void
.end method

# What the branch decides is not known behind it; what came before is.
.method public static unsure_javascript_enabled__branches(Landroid/webkit/WebSettings;Z)V
    .registers 6
    const/4 v0, 0x1
    if-eqz p1, :skip
    const/4 v0, 0x0
    :skip
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setJavaScriptEnabled(Z)V
    return-void
.end method

# Written once, so that it is the same wherever it can be read.
.method public static found_javascript_enabled__written_once(Landroid/webkit/WebSettings;Z)V
    .registers 6
    const/4 v0, 0x1
    if-eqz p1, :skip
    const/4 v1, 0x0
    :skip
    invoke-virtual {p0, v0}, Landroid/webkit/WebSettings;->setJavaScriptEnabled(Z)V
    return-void
.end method

.method public static found_javascript_enabled__moved(Landroid/webkit/WebSettings;)V
    .registers 8
    const/4 v0, 0x1
    move v1, v0
    move/from16 v2, v1
    move-object/from16 v3, p0
    move v4, v2
    invoke-virtual/range {v3 .. v4}, Landroid/webkit/WebSettings;->setJavaScriptEnabled(Z)V
    return-void
.end method

.method public static not_javascript_enabled__other_class(Lfixture/Settings;)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, v0}, Lfixture/Settings;->setJavaScriptEnabled(Z)V
    return-void
.end method

.method public static found_javascript_enabled__x5(Lcom/tencent/smtt/sdk/WebSettings;)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, v0}, Lcom/tencent/smtt/sdk/WebSettings;->setJavaScriptEnabled(Z)V
    return-void
.end method
