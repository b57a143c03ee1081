using System.Text;
using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>The appointing act's payload is the one that was signed, and it names exactly this role, this person and this key (R14): a room that is taken over cannot put another key behind an act.</summary>
internal static class ActNamesThePerson
{
    /// <exception cref="RefusedException">StatementMismatch.</exception>
    public static void Demand(ActStatement statement, string payload, IssueStaffCertificate order)
    {
        if (ActStatement.Digest(Encoding.UTF8.GetBytes(payload)) != statement.PayloadDigest || Read(payload) is not { } signed
            || signed.Role != order.Role || signed.Person.Name.Trim() != order.Name || !signed.Person.Request.AsSpan().SequenceEqual(order.Request))
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "The act does not appoint this person with this key.", "appointment");
        }
    }

    private static Appointment? Read(string payload)
    {
        try
        {
            return JsonSerializer.Deserialize<Appointment>(payload, ContractJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
