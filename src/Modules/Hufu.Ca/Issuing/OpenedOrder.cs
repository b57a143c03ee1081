using System.Text;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Issuing;

/// <summary>An order after step 1: its signers are known.</summary>
/// <param name="Order">As it came.</param>
/// <param name="Requester">The room that sent it.</param>
/// <param name="Digest">What a repeated order is known by.</param>
/// <param name="Entry">The clerk's act.</param>
/// <param name="Approval">The vetter's act.</param>
internal sealed record OpenedOrder(IssuePair Order, string Requester, string Digest, ProvenAct Entry, ProvenAct Approval);

/// <summary>A staff act whose signer is known.</summary>
/// <param name="Signed">The act.</param>
/// <param name="Statement">What it says.</param>
/// <param name="Certificate">Whose key signed.</param>
/// <param name="Name">The person's name.</param>
internal sealed record ProvenAct(SignedAct Signed, ActStatement Statement, Certificate Certificate, string Name);

/// <summary>How orders are told apart.</summary>
internal static class OrderIdentity
{
    /// <summary>The longest application number.</summary>
    public const int ApplicationLimit = 64;

    /// <summary>SM3 over requester, application, data digest, holder and the renewed serial, a line each: what makes two orders the same one (R03). Staff acts are not part of it: a repeated approval is no second request.</summary>
    public static string Digest(IssuePair order, string requester) => ActStatement.Digest(Encoding.UTF8.GetBytes(
        $"{requester}\n{order.Application}\n{ApplicationData.Digest(order.Profile, order.Fields, order.Request, order.Papers)}\n{order.HolderIdentifier}\n{order.RenewalOf ?? "-"}\n"));

    /// <exception cref="RefusedException">FieldInvalid.</exception>
    public static void DemandApplication(string application)
    {
        if (application.Length is 0 or > ApplicationLimit || !application.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"An application's number is 1 to {ApplicationLimit} ASCII letters, digits and hyphens.", "application");
        }
    }
}
