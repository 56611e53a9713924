from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from donations.donors import giving
from donations.receipts import documents
from donations.views.my_gifts import room


@room.donor_only
@require_safe
def download(request: HttpRequest, email: str, reference: str) -> HttpResponse:
    """A document as it was kept. Somebody else's is as unknown here as one that never was."""
    receipt = giving.document(email, reference)
    if receipt is None:
        raise Http404
    try:
        file = documents.attachment(str(receipt.pk))
    except documents.Damaged:
        return room.page(request, "document_damaged", status=HTTPStatus.SERVICE_UNAVAILABLE, receipt=receipt)
    response = HttpResponse(file.content, content_type=file.mimetype)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.filename)
    return response
