"""Who pays at Stripe: a customer is kept there for as long as a recurring gift may be charged."""

import stripe

from donations.gateway.asking import asking, client


def change_customer_email(customer_id: str, email: str) -> None:
    """Have Stripe write to another address from now on: its notice before each debit goes there.

    Repeating it is safe. Raises `Unavailable`, or `Refused` where Stripe has forgotten the customer.
    """
    with asking():
        client().v1.customers.update(customer_id, {"email": email})


def forget_customer(customer_id: str) -> None:
    """Have Stripe delete a customer: name, address, cards and accounts. Nothing can be charged to them again.

    What they paid stays in Stripe's books, and can still be given back. Quietly fine when it is done
    already. Raises `Unavailable`, or `Refused` where Stripe has never known them.
    """
    with asking():
        try:
            client().v1.customers.delete(customer_id)
        except stripe.InvalidRequestError:
            if not getattr(client().v1.customers.retrieve(customer_id), "deleted", False):
                raise
