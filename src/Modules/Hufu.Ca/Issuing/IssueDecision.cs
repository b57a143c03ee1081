using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Revocation;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>What step 2 decided: issue this.</summary>
/// <param name="Profile">By which profile.</param>
/// <param name="Holder">The holder's identifier as it is stored, keyed (<see cref="HolderKey"/>).</param>
/// <param name="Key">The holder's signing key.</param>
/// <param name="Subject">The subject of both certificates.</param>
/// <param name="NotBefore">First second.</param>
/// <param name="NotAfter">Last second, counted in.</param>
/// <param name="Renewal">Whether it renews a certificate with the same key.</param>
/// <param name="Issuer">The CA that issues it.</param>
internal sealed record IssueDecision(
    CertificateProfile Profile, string Holder, SubjectPublicKeyInfo Key, DistinguishedName Subject, DateTimeOffset NotBefore, DateTimeOffset NotAfter, bool Renewal,
    Authority Issuer)
{
    public string SpkiDigest { get; } = ActStatement.Digest(Key.RawData.Span);

    public string SubjectDigest { get; } = ActStatement.Digest(Subject.RawData.Span);
}

/// <summary>Step 2: one decision by policy over one order (docs/issuing.md). Asked again whenever an intent is taken up later (R12).</summary>
internal sealed class PolicyDecision(AwaitedDatabase database, Policy policy, AuthorityRegister authorities, TimeProvider clock, CaOptions options, HolderKey holders)
{
    /// <exception cref="RefusedException">Of the rules, in the order of docs/issuing.md section 2.</exception>
    public async Task<IssueDecision> DecideAsync(IssuePair order, CancellationToken ct)
    {
        var now = authorities.DemandTrustedTime(clock.GetUtcNow(), policy.Values);
        var (decision, request) = Plan(order, now);
        PossessionIsProven.Demand(request);
        var found = await database.ReadAsync(session => Find(session, order, decision, authorities.Demand().Issuers), ct).ConfigureAwait(false);
        if (order.RenewalOf is not null)
        {
            RenewalIsAllowed.Demand(found.Renewed, decision.Profile, decision.Holder, decision.Subject, decision.Key, policy.Values, now);
        }

        Demand(decision, found.Key, found.KeyCertified, found.SubjectHolder);
        return decision;
    }

    /// <summary>The part that needs neither the database nor the proof of possession.</summary>
    /// <exception cref="RefusedException">Of the rules.</exception>
    public (IssueDecision Decision, CertificationRequest Request) Plan(IssuePair order, DateTimeOffset now)
    {
        var profile = policy.HolderProfile(order.Profile);
        if (!profile.Issuers.Contains(ProfileIssuer.Operational))
        {
            throw new RefusedException(RefusalCode.ProfileUnknown, "The operational CA does not issue this profile.", "profile");
        }

        var issuer = authorities.Demand().DemandActive(options.ProfileAuthorities.GetValueOrDefault(profile.Id, AuthorityNames.Operational));
        FieldRules.Check(profile, order.Fields);
        FieldsIdentifyHolder.Demand(profile, order.Fields, order.HolderIdentifier);
        var request = Decode(order.Request);
        KeyIsAcceptable.Demand(request.PublicKey, issuer.Algorithm, "request");
        if (issuer.Algorithm != KeyAlgorithm.Sm2 && profile.Pairs == KeyPairs.Dual)
        {
            throw new RefusedException(RefusalCode.StateWrong, "The key centre makes SM2 pairs; a P-256 CA issues single certificates.", "profile");
        }

        var notBefore = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        var notAfter = profile.Life.InclusiveEnd(notBefore);
        ValidityWithinLimits.Demand(profile, policy.Values, notBefore, notAfter);
        IssuerOutlivesCertificate.Demand(issuer.Certificate.NotBefore, issuer.Certificate.NotAfter, notBefore, notAfter);
        return (new IssueDecision(
            profile, holders.Of(order.HolderIdentifier), request.PublicKey, SubjectBuilder.Build(profile, order.Fields), notBefore, notAfter, order.RenewalOf is not null, issuer), request);
    }

    /// <summary>The part that the database decides; asked again in the transaction of step 3.</summary>
    internal static void DemandFree(Session session, IssueDecision decision)
    {
        var (key, certified, holder) = CertificateStore.FindClaims(session, decision.SpkiDigest, decision.SubjectDigest);
        Demand(decision, key, certified, holder);
    }

    private static void Demand(IssueDecision decision, KeyRow? key, bool certified, string? subjectHolder)
    {
        KeyBelongsToHolder.Demand(key, decision.Holder, CertificateUse.Signing, certified, decision.Renewal, "request");
        SubjectIsUnique.Demand(subjectHolder, decision.Holder);
    }

    private static Found Find(Session session, IssuePair order, IssueDecision decision, IReadOnlyList<string> issuers)
    {
        var renewed = order.RenewalOf is { } serial && CertificateStore.FindOf(session, issuers, serial) is { } row
            ? new RenewedCertificate(row, RevocationStore.Find(session, row.Issuer, serial) is not null)
            : new RenewedCertificate(null, false);
        var (key, certified, holder) = CertificateStore.FindClaims(session, decision.SpkiDigest, decision.SubjectDigest);
        return new Found(renewed, key, certified, holder);
    }

    // A holder's key arrives as PKCS#10, inside a sealed order (6.6.2.1-c).
    [Clause("6.6.2.1-c")]
    private static CertificationRequest Decode(byte[] der)
    {
        try
        {
            return CertificationRequest.Decode(der);
        }
        catch (PkiException exception)
        {
            throw new RefusedException(exception.Error == PkiError.TooLarge ? RefusalCode.TooLarge : RefusalCode.Malformed, exception.Message, "request");
        }
    }

    private sealed record Found(RenewedCertificate Renewed, KeyRow? Key, bool KeyCertified, string? SubjectHolder);
}
