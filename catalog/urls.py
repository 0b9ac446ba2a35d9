"""Addresses of the catalogue, in both languages."""

from django.urls import path

from catalog.views import certificates, lists, places, products

app_name = "catalog"
urlpatterns = [
    path("shop/", lists.index, name="index"),
    path("shop/search/", lists.search, name="search"),
    path("shop/c/<slug:slug>/", lists.category, name="category"),
    path("shop/p/<slug:slug>/", products.product, name="product"),
    path("shop/p/<slug:slug>/delivery/", products.delivery, name="delivery"),
    path("shop/p/<slug:slug>/reviews/", products.reviews, name="reviews"),
    path("shop/certificates/<str:number>/", certificates.certificate, name="certificate"),
    path("halls/", places.halls, name="halls"),
    path("halls/<slug:code>/", places.hall, name="hall"),
    path("villages/", places.villages, name="villages"),
    path("villages/<slug:slug>/", places.village, name="village"),
    path("villages/<slug:slug>/follow/", places.follow, name="follow"),
    path("suppliers/", places.suppliers, name="suppliers"),
    path("suppliers/<slug:slug>/", places.supplier, name="supplier"),
]
