"""Reports of sales, below /reports/."""

from django.urls import path

from shop.sales.views import report_files, reports

app_name = "reports"

urlpatterns = [
    path("", reports.show, name="index"),
    path("<slug:dimension>/", reports.show, name="show"),
    path("<slug:dimension>/table.csv", report_files.table, {"kind": "csv"}, name="table-csv"),
    path("<slug:dimension>/table.xlsx", report_files.table, {"kind": "xlsx"}, name="table-xlsx"),
    path("<slug:dimension>/orders/", reports.orders, name="orders"),
    path("<slug:dimension>/orders.csv", report_files.orders, {"kind": "csv"}, name="orders-csv"),
    path("<slug:dimension>/orders.xlsx", report_files.orders, {"kind": "xlsx"}, name="orders-xlsx"),
]
