"""Addresses of live rooms, in both languages."""

from django.urls import path

from livestream.views import console, planning, rooms

app_name = "livestream"
urlpatterns = [
    path("", rooms.rooms, name="rooms"),
    path("console/", planning.index, name="console_index"),
    path("console/plan/", planning.plan, name="plan"),
    path("console/rooms/", planning.open_room, name="open_room"),
    path("console/<int:session_id>/", console.console, name="console"),
    path("console/<int:session_id>/act/", console.act, name="act"),
    path("console/<int:session_id>/change/", planning.change, name="change"),
    path("console/<int:session_id>/cancel/", planning.cancel, name="cancel"),
    path("console/<int:session_id>/numbers/", console.numbers, name="numbers"),
    path("<slug:slug>/", rooms.room, name="room"),
    path("<slug:slug>/chat/", rooms.chat, name="chat"),
    path("<slug:slug>/buy/", rooms.buy, name="buy"),
    path("<slug:slug>/choose/<int:item_id>/", rooms.choose, name="choose"),
]
clip_urlpatterns = [path("live/clips/<slug:name>.mp4", rooms.clip, name="live_clip")]
