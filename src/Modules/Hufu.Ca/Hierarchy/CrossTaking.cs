using System.Text.Json.Nodes;
using Hufu.Ca.Authorities;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Pki.Linting;
using Hufu.Records;

namespace Hufu.Ca.Hierarchy;

/// <summary>
/// Takes in a cross certificate that another operator's CA has issued to one of ours: the half of the pair that we cannot make. Checked when it is proposed and again when it is carried out
/// (<see cref="CrossCertificateHolds"/>), kept, and published to repository and directory by the same fact as our own links.
/// </summary>
internal sealed class CrossTaking(RoomContext context, CaDesks desks, IFactOutlet facts)
{
    private const int Shown = 3;

    /// <summary>What the deed would do; what the linter says of the certificate is told to whoever approves, it is the other operator's and no reason to refuse.</summary>
    /// <exception cref="RefusedException">As <see cref="CrossCertificateHolds"/>; Malformed; FieldInvalid; StateWrong: taken in already.</exception>
    public IReadOnlyList<string> EffectsOf(Session session, AuthoritySet all, AuthorityProposal proposal)
    {
        var (cross, above, ours) = Check(session, all, proposal);
        return
        [
            $"{cross.Issuer} certifies our CA '{ours.Name}' ({cross.Subject}), serial {cross.SerialHex}, until {cross.NotAfter:u}.",
            $"It is published to repository and directory as the other half of the pair; who trusts {above[^1].Subject} then trusts what '{ours.Name}' issues.",
            .. Linter.LintCertificate(cross.RawData, CertificateKind.Authority, above[0], null).Where(finding => finding.Severity == LintSeverity.Error).Take(Shown)
                .Select(finding => $"The linter says of it: {finding.RuleId} ({finding.Clause}): {finding.Message}"),
        ];
    }

    /// <summary>Carries it out.</summary>
    public async Task<DeedDone> TakeAsync(string id, AuthoritySet all, AuthorityProposal proposal, Action<Session, DeedDone> keep, CancellationToken ct) => await context.Database.WriteAsync(
        session =>
        {
            var (cross, above, ours) = Check(session, all, proposal);
            var name = LinkStore.FreeName(session, $"{ours.Name}-by-{proposal.Name}");
            LinkStore.Keep(session, facts, name, cross, context.Clock.GetUtcNow());
            context.Ledger.Append(session, new LedgerRecord
            {
                Actor = "system", Act = "ca.cross.taken", Object = $"ca/{ours.Name}", Outcome = LedgerOutcome.Done,
                Detail = new JsonObject
                {
                    ["name"] = name, ["issuer"] = cross.Issuer.ToString(), ["serial"] = cross.SerialHex, ["certificate"] = ActStatement.Digest(cross.RawData.Span), ["root"] = ActStatement.Digest(above[^1].RawData.Span),
                },
            });
            var done = new DeedDone(id, proposal.Name, null, null, [cross.Encode()], ["Take in the one that follows it before it ends."]);
            keep(session, done);
            return done;
        },
        ct).ConfigureAwait(false);

    private (Certificate Cross, IReadOnlyList<Certificate> Above, Authority Ours) Check(Session session, AuthoritySet all, AuthorityProposal proposal)
    {
        if (proposal.Name.Length is < 2 or > 24 || !proposal.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "The other operator's short name: 2 to 24 of a–z and 0–9.", "name");
        }

        try
        {
            var cross = Certificate.Decode(proposal.Certificate ?? throw new RefusedException(RefusalCode.FieldMissing, "The certificate that the other CA has issued to ours.", "certificate"));
            List<Certificate> above = [.. (proposal.Chain ?? []).Take(8).Select(der => Certificate.Decode(der))];
            var ours = CrossCertificateHolds.Demand(cross, above, all, context.Identity.SigningCertificate, desks.Options.PolicyOid, context.Clock.GetUtcNow());
            return LinkStore.Contains(session, cross) ? throw new RefusedException(RefusalCode.StateWrong, "It has been taken in before.", "certificate") : (cross, above, ours);
        }
        catch (PkiException exception)
        {
            throw new RefusedException(RefusalCode.Malformed, exception.Message, "certificate");
        }
    }
}
