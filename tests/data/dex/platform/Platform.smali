.class public Lfixture/Platform;
.super Ljava/lang/Object;

.method public static found_pending_intent_mutable__getActivity(Landroid/content/Context;Landroid/content/Intent;)V
    .registers 6
    const/4 v1, 0x0
    const v3, 0x8000000
    invoke-static {p0, v1, p1, v3}, Landroid/app/PendingIntent;->getActivity(Landroid/content/Context;ILandroid/content/Intent;I)Landroid/app/PendingIntent;
    return-void
.end method

.method public static found_pending_intent_mutable__getBroadcast(Landroid/content/Context;Landroid/content/Intent;)V
    .registers 6
    const/4 v1, 0x0
    const v3, 0x8000000
    invoke-static {p0, v1, p1, v3}, Landroid/app/PendingIntent;->getBroadcast(Landroid/content/Context;ILandroid/content/Intent;I)Landroid/app/PendingIntent;
    return-void
.end method

.method public static found_pending_intent_mutable__getService(Landroid/content/Context;Landroid/content/Intent;)V
    .registers 6
    const/4 v1, 0x0
    const v3, 0x8000000
    invoke-static {p0, v1, p1, v3}, Landroid/app/PendingIntent;->getService(Landroid/content/Context;ILandroid/content/Intent;I)Landroid/app/PendingIntent;
    return-void
.end method

.method public static not_pending_intent_mutable__getActivity(Landroid/content/Context;Landroid/content/Intent;)V
    .registers 6
    const/4 v1, 0x0
    const v3, 0xc000000
    invoke-static {p0, v1, p1, v3}, Landroid/app/PendingIntent;->getActivity(Landroid/content/Context;ILandroid/content/Intent;I)Landroid/app/PendingIntent;
    return-void
.end method

.method public static not_pending_intent_mutable__getBroadcast(Landroid/content/Context;Landroid/content/Intent;)V
    .registers 6
    const/4 v1, 0x0
    const v3, 0xc000000
    invoke-static {p0, v1, p1, v3}, Landroid/app/PendingIntent;->getBroadcast(Landroid/content/Context;ILandroid/content/Intent;I)Landroid/app/PendingIntent;
    return-void
.end method

.method public static not_pending_intent_mutable__getService(Landroid/content/Context;Landroid/content/Intent;)V
    .registers 6
    const/4 v1, 0x0
    const v3, 0xc000000
    invoke-static {p0, v1, p1, v3}, Landroid/app/PendingIntent;->getService(Landroid/content/Context;ILandroid/content/Intent;I)Landroid/app/PendingIntent;
    return-void
.end method

.method public static unsure_pending_intent_mutable(Landroid/content/Context;Landroid/content/Intent;I)V
    .registers 6
    const/4 v1, 0x0
    invoke-static {p0, v1, p1, p2}, Landroid/app/PendingIntent;->getActivity(Landroid/content/Context;ILandroid/content/Intent;I)Landroid/app/PendingIntent;
    return-void
.end method

.method public static found_receiver_unprotected(Landroid/content/Context;Landroid/content/BroadcastReceiver;Landroid/content/IntentFilter;)V
    .registers 6
    invoke-virtual {p0, p1, p2}, Landroid/content/Context;->registerReceiver(Landroid/content/BroadcastReceiver;Landroid/content/IntentFilter;)Landroid/content/Intent;
    return-void
.end method

.method public static not_receiver_unprotected(Landroid/content/Context;Landroid/content/BroadcastReceiver;Landroid/content/IntentFilter;)V
    .registers 6
    const/4 v0, 0x4
    invoke-virtual {p0, p1, p2, v0}, Landroid/content/Context;->registerReceiver(Landroid/content/BroadcastReceiver;Landroid/content/IntentFilter;I)Landroid/content/Intent;
    return-void
.end method

.method public static found_object_deserialized(Ljava/io/ObjectInputStream;)V
    .registers 6
    invoke-virtual {p0}, Ljava/io/ObjectInputStream;->readObject()Ljava/lang/Object;
    return-void
.end method
