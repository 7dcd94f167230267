from django.urls import include, path

from ceportal import portal

app_name = "portal"
urlpatterns = [
    path("", portal.Home.as_view(), name="home"),
    path("sign-in/", portal.SignIn.as_view(), name="sign_in"),
    path("sign-out/", portal.SignOut.as_view(), name="sign_out"),
    path("password/", portal.ChangePassword.as_view(), name="password"),
    path("", include("enrollment.urls")),
]
