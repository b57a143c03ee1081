using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Notices;
using Hufu.Records;

namespace Hufu.Ra.Vetting;

/// <summary>
/// A call back by code (6.1.3.2-b, -e): the vetter names a number and where it was found, a short message takes a code there, and whoever has the telephone answers. Answered, it is evidence of a finding; the
/// decision is the vetter's all the same.
/// </summary>
internal sealed class CallBacks(RaDesk desk)
{
    private const string AnswerAct = "ra.call-back.answer";
    private const int MostOfOne = 5;
    private const int Tries = 5;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    /// <summary>Sends one.</summary>
    /// <exception cref="RefusedException">FieldInvalid, FieldMissing, StateWrong, TooManyRequests, and what the gate refuses.</exception>
    [Clause("6.1.3.2-b")]
    [Clause("6.1.3.2-e")]
    public Task<CallBackSent> SendAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        ApplicationRow row = null!;
        return desk.Context.Acts.RunAsync<CallBackAsk, CallBackSent>(
            request,
            ActNames.RaCallBackSend,
            asked => asked.Number is not { Length: 11 } number || number[0] != '1' || !number.All(char.IsAsciiDigit) || asked.Origin?.Trim().Length is null or 0 or > 200
                ? throw new RefusedException(RefusalCode.FieldInvalid, "A mobile number of 11 digits, and where it was found (1 to 200 characters).", "number")
                : new ExpectedAct(ActNames.RaCallBackSend, $"application/{id}", session =>
                {
                    row = ApplicationStore.Get(session, id);
                    ApplicationStore.MustBe(row, ApplicationState.Entered);
                    return row.StateText();
                }),
            (session, act, asked) =>
            {
                RaDesk.MustBeInReach(session, row, act.Person.PersonId);
                Demand(session, row, asked);
                var sent = Leave(session, row, asked, act.Person.PersonId);
                act.Detail["callBack"] = sent.Id;
                act.Detail["check"] = asked.Check;
                return sent;
            },
            ct);
    }

    /// <summary>Whoever has the telephone answers. The try is taken durably before the code is looked at.</summary>
    /// <exception cref="RefusedException">CodeWrong, CodeExpired, CodeUsed, TriesExhausted.</exception>
    public async Task<CallBackSent> AnswerAsync(string callBack, CallBackAnswer answer, CancellationToken ct)
    {
        var (row, refusal) = await desk.Context.Database.WriteAsync(session => Take(session, callBack), ct);
        if (refusal is null && (answer.Code is not { Length: 6 } || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(answer.Code), Encoding.ASCII.GetBytes(row!.ToCall(desk).Code))))
        {
            refusal = new Refusal(RefusalCode.CodeWrong, "", "code");
        }

        if (refusal is not null)
        {
            await desk.RecordRefusalAsync("telephone", AnswerAct, row?.Application ?? "-", refusal, ct);
            throw new RefusedException(refusal);
        }

        return await desk.Context.Database.WriteAsync(
            session =>
            {
                session.Execute("UPDATE ra_call_backs SET answered_at = @Now WHERE id = @Id", new { desk.Now, row!.Id });
                desk.Record(session, "telephone", AnswerAct, row.Application, LedgerOutcome.Done, new JsonObject { ["callBack"] = row.Id, ["check"] = row.CheckId });
                return new CallBackSent(row.Id, DateTimeOffset.FromUnixTimeMilliseconds(row.Until), desk.Context.Clock.GetUtcNow());
            },
            ct);
    }

    /// <summary>Ids of those that were answered: what findings may rest on.</summary>
    public static IReadOnlyList<string> Answered(Session session, string application) => session.Query<string>(
        "SELECT id FROM ra_call_backs WHERE application = @Application AND answered_at IS NOT NULL ORDER BY asked_at LIMIT 100", new { Application = application });

    /// <summary>Refuses a finding that rests on an answered call back of another check, or names another number or origin than the one that was written to.</summary>
    /// <exception cref="RefusedException">EvidenceMissing.</exception>
    public void MustFit(Session session, VettingDecision decision)
    {
        foreach (var finding in decision.Findings.Where(finding => finding.Means == CheckMeans.CallBack))
        {
            foreach (var row in finding.Evidence?.Select(piece => Find(session, piece)).OfType<CallRow>() ?? [])
            {
                var call = row.ToCall(desk);
                if (row.CheckId != finding.Check || finding.CallBack?.Number != call.Number || finding.CallBack.Origin != call.Origin)
                {
                    throw new RefusedException(RefusalCode.EvidenceMissing, "The call back by code was to another number, or for another check.", finding.Check);
                }
            }
        }
    }

    private void Demand(Session session, ApplicationRow row, CallBackAsk asked)
    {
        var fields = SealedFields.Open(desk.Cipher, row);
        if (desk.Form(row.Profile).ChecksFor(fields, row.VettedAsRenewal).FirstOrDefault(check => check.Id == asked.Check) is not { } check || !check.Means.Contains(CheckMeans.CallBack))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "No check of this application that a call back answers.", "check");
        }

        Checklist.MustBeIndependent(check, desk.HolderProfile(row.Profile), fields, asked.Number);
        if (!desk.HasSms)
        {
            throw new RefusedException(RefusalCode.StateWrong, "No gateway for short messages is set; call by voice.", "smsGateway");
        }

        if (session.Scalar<long>("SELECT COUNT(*) FROM ra_call_backs WHERE application = @Id", new { row.Id }) >= MostOfOne)
        {
            throw new RefusedException(RefusalCode.TooManyRequests, $"At most {MostOfOne} call backs by code for one application; call by voice.", "check");
        }
    }

    private CallBackSent Leave(Session session, ApplicationRow row, CallBackAsk asked, string person)
    {
        var id = "B" + SecureRandom.NewId();
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("000000", CultureInfo.InvariantCulture);
        var until = desk.Context.Clock.GetUtcNow() + Life;
        session.Execute(
            """
            INSERT INTO ra_call_backs (id, application, check_id, content, until, tries_left, asked_by, asked_at) VALUES (@Id, @Application, @Check, @Content, @Until, @Tries, @Person, @Now)
            """,
            new { Id = id, Application = row.Id, asked.Check, Content = new Call(asked.Number, asked.Origin, code).Seal(desk, id), Until = until.ToUnixTimeMilliseconds(), Tries, Person = person, desk.Now });
        NoticeStore.Add(
            session, desk.Cipher, row.Id, asked.Number, desk.Notices.Fill(NoticeText.CallBack(row.Id, row.Title, code, desk.Context.Policy.Values.LocalText(until))), desk.Now, NoticeStore.Sms);
        session.OnCommitted(desk.NoticeIsLeft);
        StepStore.Add(session, desk.Cipher, row.Id, "call-back", person, $"{asked.Number}; {asked.Origin}", desk.Now);
        return new CallBackSent(id, until, null);
    }

    private (CallRow? Row, Refusal? Refusal) Take(Session session, string callBack)
    {
        if (Find(session, callBack) is not { } row)
        {
            return (null, new Refusal(RefusalCode.CodeWrong, "", "code"));
        }

        if (row.AnsweredAt is not null || row.Until <= desk.Now || row.TriesLeft <= 0)
        {
            return (row, new Refusal(row.AnsweredAt is not null ? RefusalCode.CodeUsed : row.TriesLeft <= 0 ? RefusalCode.TriesExhausted : RefusalCode.CodeExpired, "", "code"));
        }

        session.Execute("UPDATE ra_call_backs SET tries_left = tries_left - 1 WHERE id = @Id", new { row.Id });
        return (row, null);
    }

    private static CallRow? Find(Session session, string id) => session.QueryFirst<CallRow>(
        "SELECT id, application, check_id, content, until, tries_left, answered_at FROM ra_call_backs WHERE id = @Id", new { Id = id[..Math.Min(id.Length, 64)] });

    private sealed record Call(string Number, string Origin, string Code)
    {
        public byte[] Seal(RaDesk desk, string id) => desk.Cipher.Seal(JsonSerializer.SerializeToUtf8Bytes(this, ContractJson.Options), Encoding.ASCII.GetBytes($"{id}/call"));
    }

    private sealed class CallRow
    {
        public string Id { get; set; } = "";

        public string Application { get; set; } = "";

        public string CheckId { get; set; } = "";

        public byte[] Content { get; set; } = [];

        public long Until { get; set; }

        public long TriesLeft { get; set; }

        public long? AnsweredAt { get; set; }

        public Call ToCall(RaDesk desk) => JsonSerializer.Deserialize<Call>(desk.Cipher.Open(Content, Encoding.ASCII.GetBytes($"{Id}/call")), ContractJson.Options) ?? throw new InvalidDataException("A call back without content.");
    }
}
