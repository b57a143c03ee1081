using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.KeyCentre;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Pki.Linting;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>Steps 5 to 11: build, lint, ledger, sign, compare, store, facts. Steps 5, 6, 8 and 9 touch no database.</summary>
internal sealed class PairWriter(IssuingParts parts)
{
    private long Now => parts.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Steps 5 to 7; the intent is written afterwards.</summary>
    /// <exception cref="RefusedException">LintFailed, KeyReused.</exception>
    public async Task<Intent> WriteAsync(Intent intent, OpenedOrder opened, IssueDecision decided, EncryptionPair? pair, IReadOnlyList<RecoveredKey> history, CancellationToken ct)
    {
        var kept = history.Count == 0 ? null : KeptJson.Write(history);

        // step 5: build the TBS bytes of both
        parts.Probe.At(IssuingStep.Build, done: false);
        var signTbs = Build(intent, opened, decided, PairSide.Signing, intent.SignSerial, decided.Key);
        var encTbs = pair is null ? null : Build(intent, opened, decided, PairSide.Encryption, intent.EncSerial!, pair.PublicKey);
        parts.Probe.At(IssuingStep.Build, done: true);

        // step 6: lint them
        parts.Probe.At(IssuingStep.Lint, done: false);
        var issuer = parts.Authorities.Demand().Of(intent.Issuer).Certificate;
        LintGate.Demand(signTbs, CertificateKind.EndEntity, issuer, new MadeBy(decided.Profile, PairSide.Signing), parts.Options.RefuseLintWarnings);
        if (encTbs is not null)
        {
            LintGate.Demand(encTbs, CertificateKind.EndEntity, issuer, new MadeBy(decided.Profile, PairSide.Encryption), parts.Options.RefuseLintWarnings);
        }

        parts.Probe.At(IssuingStep.Lint, done: true);

        // step 7: append to the ledger (commit B)
        parts.Probe.At(IssuingStep.AppendToLedger, done: false);
        await parts.Database.WriteAsync(
            session =>
            {
                var receipt = parts.Ledger.Append(session, IssuingRecords.Written(intent, opened, signTbs, encTbs, parts.Policy.Digest));
                if (pair is not null && CertificateStore.ClaimKey(session, ActStatement.Digest(pair.PublicKey.RawData.Span), decided.Holder, CertificateUse.Encryption, Now) != Claim.New)
                {
                    throw new RefusedException(RefusalCode.KeyCentreRefused, "The key centre gave a key that is known already (R16).", "encryptionKey");
                }

                if (!IntentStore.Write(session, intent.Number, signTbs, encTbs, pair?.EnvelopedKey, kept, receipt.Sequence))
                {
                    throw new InvalidOperationException($"Intent {intent.Number} is not open any more.");
                }
            },
            ct).ConfigureAwait(false);
        parts.Probe.At(IssuingStep.AppendToLedger, done: true);
        return intent with { State = IntentState.Written, SignTbs = signTbs, EncTbs = encTbs, EnvelopedKey = pair?.EnvelopedKey, History = kept };
    }

    /// <summary>Steps 8 to 12 over the bytes of step 7; the intent is done afterwards.</summary>
    /// <exception cref="RefusedException">ClockInDoubt: the intent stays written.</exception>
    public async Task<PairIssued> SignAndStoreAsync(Intent intent, IReplySink sink, CancellationToken ct)
    {
        parts.Authorities.DemandUndoubtedTime();
        var authorities = parts.Authorities.Demand();
        var authority = authorities.Of(intent.Issuer);

        // step 8: sign
        parts.Probe.At(IssuingStep.Sign, done: false);
        var signing = Sign(authority, intent.SignTbs!);
        var encryption = intent.EncTbs is null ? null : Sign(authority, intent.EncTbs);
        parts.Probe.At(IssuingStep.Sign, done: true);

        // step 9: compare what was signed with what was linted
        parts.Probe.At(IssuingStep.Compare, done: false);
        SignedEqualsLinted.Demand(intent.SignTbs, signing, authority.Certificate.PublicKey);
        if (encryption is not null)
        {
            SignedEqualsLinted.Demand(intent.EncTbs, encryption, authority.Certificate.PublicKey);
        }

        parts.Probe.At(IssuingStep.Compare, done: true);
        var reply = new PairIssued(signing.Encode(), encryption?.Encode(), intent.EnvelopedKey, authorities.ChainOf(authority), OldKeys.Read(intent.History));
        sink.Prepare(reply);
        await parts.Database.WriteAsync(
            session =>
            {
                // commit C
                // step 10: store
                parts.Probe.At(IssuingStep.Store, done: false);
                Store(session, intent, signing, CertificateUse.Signing, encryption);
                if (encryption is not null)
                {
                    Store(session, intent, encryption, CertificateUse.Encryption, signing);
                }

                if (!IntentStore.Close(session, intent.Number, Now))
                {
                    throw new InvalidOperationException($"Intent {intent.Number} is not written any more.");
                }

                parts.Probe.At(IssuingStep.Store, done: true);

                // step 11: facts to the outbox
                parts.Probe.At(IssuingStep.Facts, done: false);
                Publish(session, intent, signing);
                if (encryption is not null)
                {
                    Publish(session, intent, encryption);
                }

                parts.Probe.At(IssuingStep.Facts, done: true);

                // step 12: sealed reply, its receipt kept with the deed
                parts.Probe.At(IssuingStep.Reply, done: false);
                sink.Reply(session, reply);
            },
            ct).ConfigureAwait(false);
        parts.Authorities.Signed(parts.Clock.GetUtcNow());
        parts.Probe.At(IssuingStep.Reply, done: true);
        return reply;
    }

    /// <summary>Steps 5 and 6: the TBS bytes of both, built and linted.</summary>
    /// <exception cref="RefusedException">LintFailed.</exception>
    public (byte[] Signing, byte[]? Encryption) BuildAndLint(Intent intent, OpenedOrder opened, IssueDecision decided, EncryptionPair? pair)
    {
        var issuer = parts.Authorities.Demand().Of(intent.Issuer).Certificate;
        var signing = Build(intent, opened, decided, PairSide.Signing, intent.SignSerial, decided.Key);
        LintGate.Demand(signing, CertificateKind.EndEntity, issuer, new MadeBy(decided.Profile, PairSide.Signing), parts.Options.RefuseLintWarnings);
        if (pair is null)
        {
            return (signing, null);
        }

        var encryption = Build(intent, opened, decided, PairSide.Encryption, intent.EncSerial!, pair.PublicKey);
        LintGate.Demand(encryption, CertificateKind.EndEntity, issuer, new MadeBy(decided.Profile, PairSide.Encryption), parts.Options.RefuseLintWarnings);
        return (signing, encryption);
    }

    private byte[] Build(Intent intent, OpenedOrder opened, IssueDecision decided, PairSide side, string serial, SubjectPublicKeyInfo key)
    {
        var authority = parts.Authorities.Demand().Of(intent.Issuer);
        var ca = authority.Certificate;
        if (!SerialNumber.TryParse(serial, out var number))
        {
            throw new InvalidOperationException("A kept serial is not readable.");
        }

        var content = new CertificateContent(number, decided.Subject, key, intent.ValidFrom, intent.ValidTo, opened.Order.Fields, intent.Part);
        return parts.Builder.Build(decided.Profile, side, content, intent.Issuer, ca.Subject, ca.PublicKey, SignatureOf.Algorithm(authority.Algorithm)).Encode();
    }

    private static Certificate Sign(Authority authority, byte[] tbs) => Certificate.Assemble(tbs, authority.Signer.Algorithm, authority.Signer.Sign(tbs));

    /// <summary>The row of a certificate of an intent.</summary>
    public static CertificateRow RowOf(Intent intent, Certificate certificate, string kind, Certificate? twin, long now) => new(
        intent.Issuer, certificate.SerialHex, kind, intent.Profile, intent.Requester, intent.Number, twin?.SerialHex, intent.Holder, ActStatement.Digest(certificate.Subject.RawData.Span),
        ActStatement.Digest(certificate.PublicKey.RawData.Span), intent.NotBefore, intent.NotAfter, now, certificate.Encode(), intent.Part);

    private void Store(Session session, Intent intent, Certificate certificate, string kind, Certificate? twin)
    {
        var row = RowOf(intent, certificate, kind, twin, Now);

        // Claimed in steps 3 and 7; again here, so that a certificate never stands without its claims, whatever another intent gave back in between.
        var (key, _, subjectHolder) = CertificateStore.FindClaims(session, row.SpkiDigest, row.SubjectDigest);
        var keyStands = key is null ? CertificateStore.ClaimKey(session, row.SpkiDigest, row.Holder, kind, row.IssuedAt) != Claim.Taken : key.Blocked is null && key.Holder == row.Holder && key.Use == kind;
        var subjectStands = subjectHolder is null
            ? CertificateStore.ClaimSubject(session, row.SubjectDigest, row.Holder, certificate.Subject.ToString(), row.IssuedAt) != Claim.Taken
            : subjectHolder == row.Holder;
        if (!keyStands || !subjectStands)
        {
            throw new InvalidOperationException($"Key or subject of intent {intent.Number} is another holder's now.");
        }

        CertificateStore.Insert(session, row);
    }

    private void Publish(Session session, Intent intent, Certificate certificate) =>
        parts.Facts.Publish(session, new CertificateIssued(intent.Issuer, certificate.SerialHex, intent.Profile, certificate.Encode(), certificate.NotAfter));
}
