"""Django: a view hands callbacks on; whatever serves it has a thread for each request."""

import os

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from imagen4 import Client, callbacks

client = Client("kie")
url, key = os.environ["PUBLIC_URL"] + "/imagen4/", os.environ["WEBHOOK_KEY"]
receiver = callbacks.Receiver(url, webhook_key=key)


@csrf_exempt
@require_POST
def called_back(request: HttpRequest) -> HttpResponse:
    query = request.META["QUERY_STRING"]
    return HttpResponse(status=receiver.receive(request.headers, request.body, query))


@csrf_exempt
@require_POST
def paint(request: HttpRequest) -> JsonResponse:
    result = client.generate(request.GET["prompt"], callback=receiver)
    return JsonResponse([image.url for image in result], safe=False)


urlpatterns = [path("imagen4/", called_back), path("paint", paint)]
