using Hufu.Contracts;

namespace Hufu.Ca.Issuing;

/// <summary>What an order of many pairs has to be before any of them is looked at.</summary>
internal static class BulkOrder
{
    /// <exception cref="RefusedException">TooLarge, Malformed, FieldInvalid.</exception>
    public static void Demand(IReadOnlyList<IssuePair> orders)
    {
        if (orders.Count is 0 or > IssuePairs.Most)
        {
            throw new RefusedException(orders.Count == 0 ? RefusalCode.Malformed : RefusalCode.TooLarge, $"One order carries 1 to {IssuePairs.Most} pairs.", "orders");
        }

        if (orders.Any(order => order is not { Application: not null, Entry: not null, Approval: not null, EntryCertificate: not null, ApprovalCertificate: not null, Fields: not null, Request: not null }))
        {
            throw new RefusedException(RefusalCode.Malformed, "A pair's order is not complete.", "orders");
        }

        foreach (var order in orders)
        {
            OrderIdentity.DemandApplication(order.Application);
        }

        if (orders.DistinctBy(order => order.Application, StringComparer.Ordinal).Count() != orders.Count)
        {
            throw new RefusedException(RefusalCode.Malformed, "An application stands in the order twice.", "orders");
        }
    }
}
