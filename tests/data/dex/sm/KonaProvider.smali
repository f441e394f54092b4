.class public Lcom/tencent/kona/KonaProvider;
.super Ljava/security/Provider;
