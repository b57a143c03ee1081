using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Ra.Applications;
using Hufu.Ra.Lists;
using Hufu.Ra.Notices;
using Hufu.Ra.Revocation;
using Hufu.Records;

namespace Hufu.Ra.Cases;

/// <summary>Revocation, suspension, its lifting and recovery on somebody's request: entered with initiator and proof, decided by another person, ordered, and told (6.1.3.4, 6.2.7, 6.2.8-b).</summary>
internal sealed class HandleCases(RaDesk desk, Revocations revocations, RecoverKeys recoveries)
{
    private const int TextLimit = 500;

    [Clause("6.1.3.4-a")]
    [Clause("6.1.3.4-b")]
    [Clause("6.2.7.2-a")]
    [Clause("6.2.7.3-e")]
    public Task<CertificateCase> EnterAsync(ActRequest request, CancellationToken ct)
    {
        return desk.Context.Acts.RunAsync<NewCertificateCase, CertificateCase>(
            request,
            ActNames.RaCaseEnter,
            asked =>
            {
                MustBeWellFormed(asked, desk.Context.Clock.GetUtcNow());
                return new ExpectedAct(ActNames.RaCaseEnter, "case/new");
            },
            (session, act, asked) =>
            {
                var row = ApplicationStore.BySerial(session, asked.Serial.ToLowerInvariant()) ?? throw new RefusedException(RefusalCode.UnknownObject, "No certificate of ours has this serial.", "serial");
                RaDesk.MustBeInReach(session, row, act.Person.PersonId);
                ApplicationStore.MustBe(row, ApplicationState.Issued, ApplicationState.Accepted);
                if (!desk.Form(row.Profile).Initiators.Contains(asked.Asker))
                {
                    throw new RefusedException(RefusalCode.FieldInvalid, $"For this type these may ask: {string.Join(", ", desk.Form(row.Profile).Initiators)}.", "asker");
                }

                if (asked.Kind == CertificateCaseKind.Recovery && row.EncryptionSerial is null)
                {
                    throw new RefusedException(RefusalCode.UnknownObject, "The certificate has no encryption key.", "serial");
                }

                var id = "C" + SecureRandom.NewId();
                var within = asked.Asker == RevocationAsker.Authority ? desk.Context.Policy.Values.AuthorityRevocationWithin : desk.Context.Policy.Values.HolderRevocationWithin;
                var found = new CaseStore.CaseRow
                {
                    Id = id,
                    Kind = asked.Kind,
                    State = CertificateCaseState.Entered,
                    Application = row.Id,
                    Serial = row.SigningSerial!,
                    Asker = asked.Asker,
                    Ground = asked.Ground?.ToString(),
                    InvalidFrom = asked.InvalidFrom?.ToUnixTimeMilliseconds(),
                    AskedAt = asked.AskedAt.ToUnixTimeMilliseconds(),
                    DueAt = (asked.AskedAt + within).ToUnixTimeMilliseconds(),
                    Reason = CaseStore.Seal(desk.Cipher, id, "reason", asked.Reason),
                    Proof = asked.Proof is null ? null : CaseStore.Seal(desk.Cipher, id, "proof", asked.Proof),
                    EnteredBy = act.Person.PersonId,
                    Office = row.Office,
                };
                CaseStore.Insert(session, found);
                if (asked.Recovery is { } wish)
                {
                    RecoveryStore.Add(session, desk.Cipher, id, wish);
                    desk.Notify(session, row, NoticeText.RecoveryEntered(row.Id, row.Title, id));
                }

                act.Detail["case"] = id;
                act.Detail["serial"] = found.Serial;
                act.Detail["asker"] = asked.Asker.ToString();
                StepStore.Add(session, desk.Cipher, row.Id, $"{asked.Kind.Word()}-asked", act.Person.PersonId, asked.Reason, desk.Now);
                return found.ToCase(desk.Cipher, desk.Now);
            },
            ct);
    }

    [Clause("6.1.3.4-a")]
    [Clause("6.2.7.1-a")]
    [Clause("7.2.9-c")]
    public async Task<CertificateCase> DecideAsync(string id, ActRequest request, CancellationToken ct)
    {
        var entered = await desk.Context.Database.ReadAsync(session => CaseStore.Get(session, id).EnteredBy, ct);
        CaseStore.CaseRow row = null!;
        return await desk.Context.Acts.RunAsync<CaseDecision, CertificateCase>(
            request,
            ActNames.RaCaseApprove,
            decision => decision.Remark.Trim().Length is 0 or > TextLimit
                ? throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {TextLimit} characters.", "remark")
                : new ExpectedAct(decision.Approve ? ActNames.RaCaseApprove : ActNames.RaCaseRefuse, $"case/{id}", session => (row = CaseStore.Get(session, id)).State.Word()) { MustDifferFrom = [entered] },
            (session, act, decision) =>
            {
                var application = ApplicationStore.Get(session, row.Application);
                RaDesk.MustBeInReach(session, application, act.Person.PersonId);
                if (row.State != CertificateCaseState.Entered)
                {
                    throw new RefusedException(RefusalCode.StateWrong, $"The case is {row.State}.", "id");
                }

                row.State = decision.Approve ? CertificateCaseState.Approved : CertificateCaseState.Refused;
                row.Outcome = decision.Approve ? null : decision.Remark;
                CaseStore.Move(session, row, row.State, row.Outcome, null);
                StepStore.Add(session, desk.Cipher, application.Id, $"{row.Kind.Word()}-{(decision.Approve ? "approved" : "refused")}", act.Person.PersonId, decision.Remark, desk.Now);
                if (decision.Approve)
                {
                    Order(session, row, application);
                }
                else
                {
                    desk.Notify(session, application, NoticeText.CaseRefused(application.Id, application.Title, row.Kind, decision.Remark));
                }

                return row.ToCase(desk.Cipher, desk.Now);
            },
            ct);
    }

    [Clause("6.2.8-b")]
    public Task<CertificateCase> CloseAsync(string id, ActRequest request, CancellationToken ct)
    {
        CaseStore.CaseRow row = null!;
        return desk.Context.Acts.RunAsync<CaseClosing, CertificateCase>(
            request,
            ActNames.RaCaseClose,
            closing => closing.KeyCentreCase.Trim().Length is 0 or > 64
                ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 64 characters.", "keyCentreCase")
                : new ExpectedAct(ActNames.RaCaseClose, $"case/{id[..Math.Min(id.Length, 64)]}", session => (row = CaseStore.Get(session, id)).State.Word()),
            (session, act, closing) =>
            {
                if (row is not { Kind: CertificateCaseKind.Recovery, State: CertificateCaseState.Approved })
                {
                    throw new RefusedException(RefusalCode.StateWrong, "An approved recovery is closed so, nothing else.", "id");
                }

                (row.State, row.Outcome) = (CertificateCaseState.Done, closing.KeyCentreCase);
                CaseStore.Move(session, row, row.State, row.Outcome, desk.Now);
                var application = ApplicationStore.Get(session, row.Application);
                desk.Notify(session, application, NoticeText.Recovered(application.Id, application.Title, closing.KeyCentreCase));
                act.Detail["keyCentreCase"] = closing.KeyCentreCase;
                return row.ToCase(desk.Cipher, desk.Now);
            },
            ct);
    }

    /// <summary>The CA has answered an order of suspension or resumption, or a revocation is done.</summary>
    public void Answered(Session session, string serial, CertificateCaseKind kind, DateTimeOffset? at, Refusal? refusal)
    {
        if (CaseStore.Waiting(session, serial, kind) is not { } row)
        {
            return;
        }

        CaseStore.Move(session, row, refusal is null ? CertificateCaseState.Done : CertificateCaseState.Refused, refusal is null ? null : $"{RefusalCatalogue.Of(refusal.Code).Zh} {refusal.Evidence}".Trim(), desk.Now);
        if (refusal is null && kind is CertificateCaseKind.Suspension or CertificateCaseKind.Resumption && ApplicationStore.BySerial(session, serial) is { } application)
        {
            desk.Notify(session, application, NoticeText.Suspended(application.Id, application.Title, serial, kind == CertificateCaseKind.Suspension, desk.Context.Policy.Values.LocalText(at!.Value)));
        }

        desk.Record(session, Rooms.Ca, $"ra.{kind.Word()}.answered", row.Application, refusal is null ? LedgerOutcome.Done : LedgerOutcome.Refused, new JsonObject { ["case"] = row.Id, ["code"] = refusal?.Code.ToString() });
    }

    // 6.2.7.3-b: at once; what is left of the eight hours belongs to the CA's CRL.
    private void Order(Session session, CaseStore.CaseRow row, ApplicationRow application)
    {
        var asked = DateTimeOffset.FromUnixTimeMilliseconds(row.AskedAt);
        var by = $"{row.Asker}, case {row.Id}";
        switch (row.Kind)
        {
            case CertificateCaseKind.Revocation:
                var ground = row.ToGround()!.Value;
                var invalid = row.InvalidFrom is { } from ? DateTimeOffset.FromUnixTimeMilliseconds(from) : (DateTimeOffset?)null;
                revocations.Order(session, application, RevocationGrounds.ReasonOf(ground), by, asked, new RevocationCase(ground, row.Asker, invalid));
                break;
            case CertificateCaseKind.Suspension:
                desk.Context.Post.Enqueue(session, Rooms.Ca, new SuspendPair(row.Serial, row.Asker, by, asked));
                break;
            case CertificateCaseKind.Resumption:
                // R17: after a restore nothing comes back into force before it is known what was asked since.
                RestoreMark.Demand(desk.Context.DataDirectory);
                desk.Context.Post.Enqueue(session, Rooms.Ca, new ResumePair(row.Serial, row.Asker, by, asked));
                break;
            default:
                // 6.2.8-b: a recovery is carried out at the key centre by its business administrator and an operator.
                recoveries.Order(session, row, application);
                break;
        }
    }

    private static void MustBeWellFormed(NewCertificateCase asked, DateTimeOffset now)
    {
        if (asked.Serial.Length > 64 || asked.Reason.Trim().Length is 0 or > TextLimit || asked.Proof?.Trim().Length is 0 or > TextLimit)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"Reason and proof: 1 to {TextLimit} characters each.", "reason");
        }

        if (asked.Proof is null && asked.Asker != RevocationAsker.Authority)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "How origin and right were proven (6.2.7.3-e).", "proof");
        }

        if (asked.Kind == CertificateCaseKind.Revocation != asked.Ground is not null)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "A revocation has a ground, nothing else has.", "ground");
        }

        if (asked.Recovery is { } wish)
        {
            if (asked.Kind != CertificateCaseKind.Recovery)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, "Only a recovery names a new key.", "recovery");
            }

            _ = PersonRequests.Open(wish.SigningRequest, "recovery.signingRequest");
        }

        if (asked.AskedAt > now.AddMinutes(5) || asked.InvalidFrom > now || asked.AskedAt < now.AddYears(-1))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "It lies in the future or too far back.", "askedAt");
        }

        if (asked.Kind == CertificateCaseKind.Recovery && asked.Asker is not (RevocationAsker.Holder or RevocationAsker.OrganisationRepresentative or RevocationAsker.DeviceOwnerRepresentative))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A recovery is for the holder (6.2.8-b); for justice it is entered at the key centre (6.2.8-c).", "asker");
        }
    }
}
