using System.Text.Json.Nodes;
using Hufu.Ca.Authorities;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Pki.Linting;
using Hufu.Records;

namespace Hufu.Ca.Certificates;

/// <summary>
/// Issues the certificates that come from acts: serial reserved and committed first (R10), then built, linted, signed, compared; stored with its ledger row in the act's transaction.
/// </summary>
internal sealed class DirectIssuer(Database database, Ledger ledger, Policy policy, TimeProvider clock, AuthorityRegister authorities, CertificateBuilder builder, IFactOutlet facts, string folder)
{
    /// <summary>Commits fresh serials before anything is signed with them.</summary>
    /// <param name="issuer">The issuing CA's name.</param>
    /// <param name="purposes">What each is for, in words.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">ClockInDoubt; RoomUnreachable: the room was put back from a backup and issues nothing before it is reconciled (R17).</exception>
    public async Task<IReadOnlyList<SerialNumber>> ReserveAsync(string issuer, IReadOnlyList<string> purposes, CancellationToken ct)
    {
        RestoreMark.Demand(folder);
        authorities.DemandUndoubtedTime();
        SerialNumber[] serials = [.. purposes.Select(_ => SerialNumber.Create())];
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await database.WriteAsync(
            session =>
            {
                // R24: nothing is signed before the ledger has it.
                ledger.Append(session, new LedgerRecord
                {
                    Actor = "system", Act = "ca.serial.reserved", Object = $"ca/{issuer}", Outcome = LedgerOutcome.Done,
                    Detail = new JsonObject { ["serials"] = string.Join(' ', serials), ["purposes"] = string.Join(", ", purposes) },
                });
                for (var i = 0; i < serials.Length; i++)
                {
                    session.Execute(
                        "INSERT INTO ca_reservations (issuer, serial, purpose, reserved_at) VALUES (@issuer, @serial, @purpose, @now)",
                        new { issuer, serial = serials[i].ToString(), purpose = purposes[i], now });
                }
            },
            ct).ConfigureAwait(false);
        return serials;
    }

    /// <summary>Builds, lints, signs and compares. Stores nothing.</summary>
    /// <param name="order">What is asked for.</param>
    /// <param name="serial">A reserved serial.</param>
    /// <param name="signer">Who signs.</param>
    /// <exception cref="RefusedException">KeyWeak, FieldMissing, NameTooLong, LintFailed, CertificateNotValid, ClockInDoubt.</exception>
    public Certificate Sign(DirectOrder order, SerialNumber serial, DirectSigner signer)
    {
        KeyIsAcceptable.Demand(order.Key, signer.Algorithm, "request");
        var now = authorities.DemandTrustedTime(clock.GetUtcNow(), policy.Values);
        var notBefore = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        var notAfter = order.Profile.Life.InclusiveEnd(notBefore);
        notAfter = order.Until < notAfter ? order.Until.Value : notAfter;
        ValidityWithinLimits.Demand(order.Profile, policy.Values, notBefore, notAfter);
        if (signer.Certificate is { } issuer)
        {
            IssuerOutlivesCertificate.Demand(issuer.NotBefore, issuer.NotAfter, notBefore, notAfter);
        }

        var subject = order.Subject ?? SubjectBuilder.Build(order.Profile, order.Fields);
        var content = new CertificateContent(serial, subject, order.Key, notBefore, notAfter, order.Fields);
        var tbs = builder.Build(order.Profile, PairSide.Signing, content, signer.Name, signer.Subject ?? subject, signer.Signer.PublicKey, SignatureOf.Algorithm(signer.Algorithm)).Encode();
        var kind = !order.Profile.IsAuthority ? CertificateKind.EndEntity : signer.Certificate is null ? CertificateKind.Root : CertificateKind.Authority;
        LintGate.Demand(tbs, kind, signer.Certificate, new MadeBy(order.Profile, PairSide.Signing, GivenSubject: order.Subject is not null), builder.RefusesWarnings);
        var certificate = Certificate.Assemble(tbs, signer.Signer.Algorithm, signer.Signer.Sign(tbs));
        SignedEqualsLinted.Demand(tbs, certificate, signer.Signer.PublicKey);
        authorities.Signed(now);
        return certificate;
    }

    /// <summary>Stores what <see cref="Sign"/> made, with its ledger row and its fact, in the act's transaction: OCSP answers for these certificates too.</summary>
    /// <exception cref="RefusedException">KeyReused, SubjectNotUnique.</exception>
    public void Store(Session session, DirectOrder order, string issuer, Certificate certificate)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var row = new CertificateRow(
            issuer, certificate.SerialHex, order.Kind, order.Profile.Id, order.Requester, null, null, order.Holder, ActStatement.Digest(certificate.Subject.RawData.Span),
            ActStatement.Digest(certificate.PublicKey.RawData.Span), certificate.NotBefore.ToUnixTimeMilliseconds(), certificate.NotAfter.ToUnixTimeMilliseconds(), now, certificate.Encode(), 0);
        var known = CertificateStore.FindKey(session, row.SpkiDigest);
        KeyBelongsToHolder.Demand(known, order.Holder, order.Kind, certified: false, renewal: true, "request");
        CertificateStore.ClaimKey(session, row.SpkiDigest, order.Holder, order.Kind, now);
        SubjectIsUnique.Demand(CertificateStore.SubjectHolder(session, row.SubjectDigest), order.Holder);
        CertificateStore.ClaimSubject(session, row.SubjectDigest, order.Holder, certificate.Subject.ToString(), now);
        CertificateStore.Insert(session, row);
        if (order.Staff is { } place)
        {
            CertificateStore.InsertStaff(session, new StaffRow(issuer, row.Serial, place.Room, place.Role, place.Name, place.Act));
        }

        ledger.Append(session, new LedgerRecord
        {
            Actor = order.Requester,
            Act = "ca.certificate.issued",
            Object = $"certificate/{issuer}/{row.Serial}",
            Outcome = LedgerOutcome.Done,
            Detail = new JsonObject
            {
                ["profile"] = row.Profile,
                ["holder"] = row.Holder,
                ["subject"] = certificate.Subject.ToString(),
                ["certificate"] = ActStatement.Digest(row.Der),
            },
        });
        if (order.Kind != CertificateUse.Authority)
        {
            facts.Publish(session, new CertificateIssued(issuer, row.Serial, row.Profile, row.Der, certificate.NotAfter));
        }
    }
}
