//! What classes of the platform extend: they are in no package, so that no dex file says it.

/// Classes of the platform and of its support libraries that apps extend, with what those extend.
pub(super) const KNOWN: &[(&str, &[&str])] = &[
    ("android.app.Activity", &["android.content.Context"]),
    ("android.app.AlertDialog", &["android.app.Dialog"]),
    ("android.app.Application", &["android.content.Context"]),
    ("android.app.IntentService", &["android.app.Service", "android.content.Context"]),
    ("android.app.ListActivity", &["android.app.Activity", "android.content.Context"]),
    ("android.app.NativeActivity", &["android.app.Activity", "android.content.Context"]),
    ("android.app.Service", &["android.content.Context"]),
    ("android.app.TabActivity", &["android.app.Activity", "android.content.Context"]),
    ("android.content.ContextWrapper", &["android.content.Context"]),
    ("android.content.MutableContextWrapper", &["android.content.Context"]),
    ("android.preference.PreferenceActivity", &["android.app.Activity", "android.content.Context"]),
    ("android.view.ContextThemeWrapper", &["android.content.Context"]),
    ("android.view.SurfaceView", &["android.view.View"]),
    ("android.webkit.WebView", &["android.view.View"]),
    ("android.widget.Button", &["android.view.View"]),
    ("android.widget.EditText", &["android.view.View"]),
    ("android.widget.FrameLayout", &["android.view.View"]),
    ("android.widget.ImageView", &["android.view.View"]),
    ("android.widget.LinearLayout", &["android.view.View"]),
    ("android.widget.RelativeLayout", &["android.view.View"]),
    ("android.widget.TextView", &["android.view.View"]),
    ("androidx.activity.ComponentActivity", &["android.app.Activity", "android.content.Context"]),
    ("androidx.appcompat.app.AppCompatActivity", &["android.app.Activity", "android.content.Context"]),
    ("androidx.appcompat.view.ContextThemeWrapper", &["android.content.Context"]),
    ("androidx.core.app.ComponentActivity", &["android.app.Activity", "android.content.Context"]),
    ("androidx.core.app.JobIntentService", &["android.app.Service", "android.content.Context"]),
    ("androidx.fragment.app.FragmentActivity", &["android.app.Activity", "android.content.Context"]),
    ("androidx.lifecycle.LifecycleService", &["android.app.Service", "android.content.Context"]),
    ("androidx.multidex.MultiDexApplication", &["android.app.Application", "android.content.Context"]),
    ("javax.net.ssl.X509ExtendedTrustManager", &["javax.net.ssl.X509TrustManager"]),
];

/// Packages of the platform. What is in them and not in the table above extends nothing that a rule is about.
pub(super) const PLATFORM: &[&str] =
    &["android.", "dalvik.", "java.", "javax.", "kotlin.", "org.json.", "org.w3c.", "org.xml."];
