.class public Lfixture/MainActivity;
.super Landroidx/appcompat/app/AppCompatActivity;

.method public name()V
    .registers 6
    nop
    return-void
.end method
