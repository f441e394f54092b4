.class public Lcom/tencent/tinker/Tinker;
.super Ljava/lang/Object;
