.class public Lfixture/Resilience;
.super Ljava/lang/Object;

.method public static found_screenshot_protection(Landroid/view/Window;)V
    .registers 6
    const/16 v0, 0x2000
    invoke-virtual {p0, v0}, Landroid/view/Window;->addFlags(I)V
    return-void
.end method

.method public static found_screenshot_protection__set(Landroid/view/Window;)V
    .registers 6
    const/16 v0, 0x2000
    invoke-virtual {p0, v0, v0}, Landroid/view/Window;->setFlags(II)V
    return-void
.end method

.method public static not_screenshot_protection(Landroid/view/Window;)V
    .registers 6
    const/16 v0, 0x80
    invoke-virtual {p0, v0}, Landroid/view/Window;->addFlags(I)V
    return-void
.end method

.method public static not_screenshot_protection__set(Landroid/view/Window;)V
    .registers 6
    const/16 v0, 0x80
    invoke-virtual {p0, v0, v0}, Landroid/view/Window;->setFlags(II)V
    return-void
.end method

.method public static unsure_screenshot_protection(Landroid/view/Window;I)V
    .registers 6
    invoke-virtual {p0, p1}, Landroid/view/Window;->addFlags(I)V
    return-void
.end method

.method public static found_tapjacking_protection(Landroid/view/View;)V
    .registers 6
    const/4 v0, 1
    invoke-virtual {p0, v0}, Landroid/view/View;->setFilterTouchesWhenObscured(Z)V
    return-void
.end method

.method public static not_tapjacking_protection(Landroid/view/View;)V
    .registers 6
    const/4 v0, 0
    invoke-virtual {p0, v0}, Landroid/view/View;->setFilterTouchesWhenObscured(Z)V
    return-void
.end method

.method public static found_tapjacking_protection__button(Landroid/widget/Button;)V
    .registers 6
    const/4 v0, 0x1
    invoke-virtual {p0, v0}, Landroid/widget/Button;->setFilterTouchesWhenObscured(Z)V
    return-void
.end method

.method public static found_root_detection()V
    .registers 6
    const-string v0, "/system/xbin/su"
    return-void
.end method

.method public static not_root_detection()V
    .registers 6
    const-string v0, "/system/xbin/sudo"
    return-void
.end method

.method public static found_hook_detection()V
    .registers 6
    const-string v0, "de.robv.android.xposed.XposedBridge"
    return-void
.end method

.method public static found_debugger_detection()V
    .registers 6
    invoke-static {}, Landroid/os/Debug;->isDebuggerConnected()Z
    return-void
.end method

.method public static found_signature_check(Landroid/content/pm/PackageManager;)V
    .registers 6
    const-string v0, "own"
    const/16 v1, 0x40
    invoke-virtual {p0, v0, v1}, Landroid/content/pm/PackageManager;->getPackageInfo(Ljava/lang/String;I)Landroid/content/pm/PackageInfo;
    return-void
.end method

.method public static not_signature_check(Landroid/content/pm/PackageManager;)V
    .registers 6
    const-string v0, "own"
    const/16 v1, 0x1000
    invoke-virtual {p0, v0, v1}, Landroid/content/pm/PackageManager;->getPackageInfo(Ljava/lang/String;I)Landroid/content/pm/PackageInfo;
    return-void
.end method

.method public static found_biometric_with_key(Landroidx/biometric/BiometricPrompt;Landroidx/biometric/BiometricPrompt$PromptInfo;Landroidx/biometric/BiometricPrompt$CryptoObject;)V
    .registers 6
    invoke-virtual {p0, p1, p2}, Landroidx/biometric/BiometricPrompt;->authenticate(Landroidx/biometric/BiometricPrompt$PromptInfo;Landroidx/biometric/BiometricPrompt$CryptoObject;)V
    return-void
.end method

.method public static found_biometric_without_key(Landroidx/biometric/BiometricPrompt;Landroidx/biometric/BiometricPrompt$PromptInfo;)V
    .registers 6
    invoke-virtual {p0, p1}, Landroidx/biometric/BiometricPrompt;->authenticate(Landroidx/biometric/BiometricPrompt$PromptInfo;)V
    return-void
.end method

.method public static not_biometric_with_key(Landroidx/biometric/BiometricPrompt;Landroidx/biometric/BiometricPrompt$PromptInfo;)V
    .registers 6
    invoke-virtual {p0, p1}, Landroidx/biometric/BiometricPrompt;->authenticate(Landroidx/biometric/BiometricPrompt$PromptInfo;)V
    return-void
.end method
