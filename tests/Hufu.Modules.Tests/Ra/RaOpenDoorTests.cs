using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Hufu.Contracts;
using Hufu.Modules.Tests.Hosting;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ra;

/// <summary>
/// R22, the doors that no role opens: public ones answer everybody alike; those with a key of their own (a token, a code, a phrase, a signature, a secret) ask for that key whatever session the caller is signed in with,
/// and with it do what the state allows. A cell is one HTTP call: door × (nobody, entry clerk, vetter, auditor, business administrator, each in a real session) × state × (right key, wrong key).
/// </summary>
public sealed class RaOpenDoorTests
{
    /// <summary>The doors of these matrices: <see cref="RaMatrixTests"/> sees that every operation stands in one.</summary>
    internal static readonly string[] Doors =
    [
        "RaTypes", "RaForms", "RaForm", "RaOffices", "RaAgreement", "RaAgreements", "RaAgreementVersion", "RaPrices", "RaInitialise", "RaApply", "RaDraftSave", "RaDraftReplace", "RaDraftRead", "RaDraftForget",
        "RaBatchEvidence", "RaBatchFile", "RaBatch", "RaBatchLines", "RaFetch", "RaAccept", "RaRenew", "RaRekey", "RaRevoke", "RaRevokeSigned", "RaRecovery", "RaRecoveryDownload", "RaCallBackAnswer", "RaLetter", "RaReceipt",
    ];

    private const string Password = "Mei7-zhu.lan!";

    private static readonly ApplicationState[] All = Enum.GetValues<ApplicationState>();

    [Fact]
    [Clause("6.6.2.6-d")]
    public async Task R22_public_doors_answer_everybody_alike()
    {
        await using var office = await RaOffice.OpenAsync();
        var sessions = await SessionsAsync(office);
        var wrong = new List<string>();
        foreach (var path in new[] { "types", "forms", "forms/organisation", "offices", "agreement", "agreements", "agreements/1.0", "prices" })
        {
            string? first = null;
            foreach (var (role, session) in sessions)
            {
                using var response = await SendAsync(office, HttpMethod.Get, "/api/ra/" + path, session);
                var text = await response.Content.ReadAsStringAsync(RaOffice.Ct);
                if (!response.IsSuccessStatusCode || text != (first ??= text) || text.Length < 3)
                {
                    wrong.Add($"{path} by {role}: {(int)response.StatusCode}");
                }
            }
        }

        foreach (var (role, session) in sessions)
        {
            using var applicant = new Applicant();
            Note(role, "apply", await CodeAsync(office, HttpMethod.Post, "/api/ra/applications", session, applicant.Application()), null);
            Note(role, "draft", await CodeAsync(office, HttpMethod.Post, "/api/ra/drafts", session, new FormDraft("organisation", Applicant.Fields())), null);
            var initialisation = new RaInitialisation(new string('0', 32), new PersonRequest("甲", applicant.LastRequest), new PersonRequest("乙", applicant.LastRequest));
            Note(role, "receipt that nobody has signed for", await CodeAsync(office, HttpMethod.Put, $"/api/ra/applications/A0000000000000000/receipts/{new string('0', 64)}", session, RaOffice.Pdf), "unknown-object");
            Note(role, "initialise without the code", await CodeAsync(office, HttpMethod.Post, "/api/ra/initialise", session, initialisation), "setup-code-wrong");
        }

        Assert.Empty(wrong);

        void Note(string role, string door, string? code, string? expected)
        {
            if (code != expected)
            {
                wrong.Add($"{door} by {role}: {code ?? "allowed"}");
            }
        }
    }

    [Fact]
    [Clause("6.6.2.6-d")]
    public async Task R22_a_draft_and_a_batch_open_to_their_secret_alone()
    {
        await using var office = await RaOffice.OpenAsync();
        var sessions = await SessionsAsync(office);
        var draft = await office.Site.PostAsync<FormDraft, DraftSaved>("/api/ra/drafts", new FormDraft("organisation", Applicant.Fields()));
        var file = Encoding.UTF8.GetBytes("x");
        var batch = await office.Site.PostAsync<ActRequest, BatchOpened>(
            "/api/ra/batches", office.Clerk.Act(Rooms.Ra, ActNames.RaBatchOpen, $"batch/{ActStatement.Digest(file)}", new NewBatch("organisation", "某机构", ActStatement.Digest(file), "1.0", true, false), office.Clock.GetUtcNow()));
        var wrong = new List<string>();
        foreach (var (role, session) in sessions)
        {
            foreach (var right in new[] { false, true })
            {
                var secret = right ? draft.Secret : new string('0', 32);
                Note(role, "draft read", right, await CodeAsync(office, HttpMethod.Get, $"/api/ra/drafts/{draft.Id}", session, null, secret), null);
                Note(role, "draft replaced", right, await CodeAsync(office, HttpMethod.Put, $"/api/ra/drafts/{draft.Id}", session, new FormDraft("organisation", Applicant.Fields()), secret), null);
                foreach (var state in Enum.GetValues<BatchState>())
                {
                    await office.WriteAsync(write => write.Execute("UPDATE ra_batches SET state = @state", new { state }));
                    var token = right ? batch.AccessToken : new string('0', 32);
                    var open = state == BatchState.Open ? null : "state-wrong";
                    Note(role, $"batch in {state}", right, await CodeAsync(office, HttpMethod.Get, $"/api/ra/batches/{batch.Id}", session, null, token), null);
                    Note(role, $"lines in {state}", right, await CodeAsync(office, HttpMethod.Get, $"/api/ra/batches/{batch.Id}/lines", session, null, token), null);
                    Note(role, $"paper in {state}", right, await CodeAsync(office, HttpMethod.Put, $"/api/ra/batches/{batch.Id}/evidence/licence", session, RaOffice.Pdf, token), open);

                    // It is the file that was signed for, and no sheet: past the door, whatever is said of it.
                    var code = await CodeAsync(office, HttpMethod.Put, $"/api/ra/batches/{batch.Id}/file", session, file, token);
                    if (!right ? code != "access-token-wrong" : open is null ? code is not ("malformed" or "evidence-missing") : code != open)
                    {
                        wrong.Add($"file in {state} by {role}, {(right ? "right" : "wrong")} key: {code ?? "allowed"}");
                    }
                }
            }
        }

        foreach (var (role, session) in sessions)
        {
            var mine = await office.Site.PostAsync<FormDraft, DraftSaved>("/api/ra/drafts", new FormDraft("organisation", Applicant.Fields()));
            Note(role, "draft forgotten", false, await CodeAsync(office, HttpMethod.Delete, $"/api/ra/drafts/{mine.Id}", session, null, new string('0', 32)), null);
            Note(role, "draft forgotten", true, await CodeAsync(office, HttpMethod.Delete, $"/api/ra/drafts/{mine.Id}", session, null, mine.Secret), null);
        }

        Assert.Empty(wrong);

        void Note(string role, string door, bool right, string? code, string? expected)
        {
            if (code != (right ? expected : "access-token-wrong"))
            {
                wrong.Add($"{door} by {role}, {(right ? "right" : "wrong")} key: {code ?? "allowed"}");
            }
        }
    }

    [Fact]
    [Clause("6.6.2.6-d")]
    public async Task R22_holders_doors_open_to_code_phrase_signature_and_token_in_the_states_for_them_and_to_no_role()
    {
        using var folder = new TempFolder();
        await using var office = await RaOffice.OpenAsync(revocationWait: TimeSpan.FromMilliseconds(1), change: options => options with { SmsFolder = folder["sms"] });
        office.Ca.Life = TimeSpan.FromDays(20);
        var sessions = await SessionsAsync(office);
        using Applicant holder = new(), next = new();
        var (filed, code) = await office.IssuedAsync(holder);
        var pair = await office.FetchAsync(filed, code);
        var serial = RaOffice.SerialOf(pair);
        var receipt = await office.ReadAsync(session => session.Scalar<string>("SELECT receipt FROM ra_deliveries"));
        office.Ca.GoAway();
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "letter = ''") == 0, "every letter printed");
        var letter = await office.ReadAsync(session => session.Scalar<string>("SELECT id FROM ra_notices WHERE letter <> '' LIMIT 1"));
        var at = office.Clock.GetUtcNow();
        byte[] again = holder.Request(), fresh = Applicant.RequestBy(next.Signer);
        byte[] Signed(ISigner by, string text) => by.Sign(Encoding.UTF8.GetBytes(text));
        ApplicationState[] there = [ApplicationState.Issued, ApplicationState.Accepted, ApplicationState.Revoked];
        Door[] doors =
        [
            new("fetch", HttpMethod.Post, $"applications/{filed.Id}/fetch", right => new FetchPair(right ? code : "WRONG"), "code-wrong", [ApplicationState.Issued, ApplicationState.Accepted]),
            new("accept", HttpMethod.Post, $"applications/{filed.Id}/acceptance", right => new AcceptPair(right ? pair.ReceiptToken : new string('0', 32), null), "code-wrong", [ApplicationState.Accepted]),
            new("renew", HttpMethod.Post, "renewals", right => new NewRenewal(serial, right ? again : fresh, "1.0", true), "possession-not-proven", [ApplicationState.Accepted]) { StateFirst = true },
            new(
                "rekey", HttpMethod.Post, "rekeys", right => new NewRekey(serial, fresh, Signed(right ? holder.Signer : next.Signer, NewRekey.TextToSign(serial, fresh)), "1.0", true), "signature-invalid", [ApplicationState.Accepted]) { StateFirst = true },
            new("revoke", HttpMethod.Post, "revocations", right => new SelfRevocation(serial, right ? Applicant.Phrase : "别的挑战语", RevocationReason.Superseded), "challenge-wrong", there) { StateFirst = true, Done = "room-unreachable" },
            new(
                "revoke signed", HttpMethod.Post, "revocations/signed",
                right => new SignedRevocation(serial, RevocationReason.Superseded, at, Signed(right ? holder.Signer : next.Signer, SignedRevocation.TextToSign(serial, RevocationReason.Superseded, at))), "signature-invalid", there) { Done = "room-unreachable" },
            new("letter", HttpMethod.Get, $"applications/{filed.Id}/notices/{letter}/letter", null, "access-token-wrong", All),
            // By the case's number, which nobody guesses; there is none, and no role finds another.
            new("recovery", HttpMethod.Get, "recoveries/C0", null, "unknown-object", []) { Wrong = "unknown-object" },
            new("recovery's keys", HttpMethod.Post, "recoveries/C0/download", _ => new RecoveryDownload("AAAA"), "unknown-object", []) { Wrong = "unknown-object" },
            new("call back", HttpMethod.Post, "call-backs/B0/answer", _ => new CallBackAnswer("000000"), "code-wrong", []) { Wrong = "code-wrong" },
        ];
        var wrong = new List<string>();
        foreach (var door in doors)
        {
            foreach (var state in All)
            {
                foreach (var (role, session) in sessions)
                {
                    foreach (var right in new[] { false, true })
                    {
                        await office.WriteAsync(write =>
                        {
                            write.Execute("DELETE FROM ra_applications WHERE renewal_of IS NOT NULL");
                            write.Execute("DELETE FROM ra_revocations");
                            write.Execute("UPDATE ra_applications SET state = @state", new { state });
                            write.Execute("UPDATE ra_deliveries SET used_at = NULL, tries_left = 5, confirmed_at = NULL, receipt = @receipt", new { receipt });
                            write.Execute("UPDATE ra_challenges SET tries_left = 5");
                        });
                        var got = await CodeAsync(office, door.Method, "/api/ra/" + door.Path, session, door.Body?.Invoke(right), right ? filed.Token : new string('0', 32));
                        var may = door.States.Contains(state);
                        var expected = door.Wrong ?? (!right ? (door.StateFirst && !may ? "state-wrong" : door.WrongKey) : may ? door.Done : "state-wrong");
                        if (got != expected)
                        {
                            wrong.Add($"{door.Name} in {state} by {role}, {(right ? "right" : "wrong")} key: {got ?? "allowed"}, not {expected ?? "allowed"}");
                        }
                    }
                }
            }
        }

        Assert.Empty(wrong);
    }

    // Everybody's session, made through the doors for signing in.
    private static async Task<IReadOnlyList<(string Role, string? Session)>> SessionsAsync(RaOffice office)
    {
        var sessions = new List<(string, string?)> { ("nobody", null) };
        foreach (var (role, name) in new[] { (Roles.EntryClerk, "登录录入"), (Roles.Vetter, "登录审核"), (Roles.Auditor, "登录审计"), (Roles.BusinessAdministrator, "登录业管") })
        {
            using var person = await office.InRoleAsync(role, name);
            var user = "u-" + role;
            Assert.Null(await office.Site.RefusedAsync(
                "/api/ra/account", person.Act(Rooms.Ra, ActNames.AccountOpen, $"account/{user}", new AccountOpening(user, Password, new string('a', 32)), office.Clock.GetUtcNow())));
            using var challenged = await office.Site.Client.PostAsync("/api/ra/session/challenge", null, RaOffice.Ct);
            var challenge = (await challenged.Content.ReadFromJsonAsync<ChallengeMade>(ContractJson.Options, RaOffice.Ct))!.Challenge;
            using var message = new HttpRequestMessage(HttpMethod.Post, "/api/ra/session") { Content = JsonContent.Create(SignInDesk.Request(person, challenge, user, Password), options: ContractJson.Options) };
            message.Headers.Add("Cookie", $"hufu-ra-sign-in={SignInDesk.CookieOf(challenged, "hufu-ra-sign-in")}");
            using var signedIn = await office.Site.Client.SendAsync(message, RaOffice.Ct);
            Assert.True(signedIn.IsSuccessStatusCode, await signedIn.Content.ReadAsStringAsync(RaOffice.Ct));
            sessions.Add((role, SignInDesk.CookieOf(signedIn, "hufu-ra")));
        }

        return sessions;
    }

    private static async Task<string?> CodeAsync(RaOffice office, HttpMethod method, string path, string? session, object? body = null, string? token = null) =>
        await RaOffice.CodeOf(await SendAsync(office, method, path, session, body, token));

    private static async Task<HttpResponseMessage> SendAsync(RaOffice office, HttpMethod method, string path, string? session, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body switch { null => null, byte[] bytes => new ByteArrayContent(bytes), _ => JsonContent.Create(body, body.GetType(), options: ContractJson.Options) },
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (session is not null)
        {
            request.Headers.Add("Cookie", $"hufu-ra={session}");
        }

        return await office.Site.Client.SendAsync(request, RaOffice.Ct);
    }

    /// <summary>A door of a holder's.</summary>
    /// <param name="Name">For the report.</param>
    /// <param name="Method">GET or POST.</param>
    /// <param name="Path">Below /api/ra.</param>
    /// <param name="Body">What is sent, with the right key in it or a wrong one; null where the key is the token.</param>
    /// <param name="WrongKey">What a wrong key is told.</param>
    /// <param name="States">In which states the right key is answered.</param>
    private sealed record Door(string Name, HttpMethod Method, string Path, Func<bool, object>? Body, string WrongKey, ApplicationState[] States)
    {
        /// <summary>The state is looked at before the key: it is no secret to whoever has the serial.</summary>
        public bool StateFirst { get; init; }

        /// <summary>What the right key is told in these states: null where it is done, else why it is not yet (the CA is away).</summary>
        public string? Done { get; init; }

        /// <summary>There is no right key here: always this.</summary>
        public string? Wrong { get; init; }
    }
}
