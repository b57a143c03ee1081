using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Governance;

// The order of checks at sign-in; the first that fails is the refusal:
//   1 the challenge is one of this room's, made for this page's origin, and still good
//   2 it was made for this browser (its cookie)
//   3 the certificate is a member of staff's, in its validity, not revoked; the person is in office
//   4 the signature over the challenge verifies
//   5 the challenge is unused
//      – from here on the person is known and every outcome is in the log under their name –
//   6 the account is open and not locked
//   7 user name and password are that person's (the work is done for every user name)
//   8 the password is young enough, or a new one comes with it that meets the rules
// Before 4 nobody is named: such refusals are recorded as unsigned attempts.

/// <summary>The one way into a session: user name, password and certificate together (6.6.2.5-a).</summary>
public sealed partial class SignInGate
{
    private const int CookieBytes = 32;
    private const int MostDead = 1_000;
    private static readonly TimeSpan SeenEvery = TimeSpan.FromSeconds(20);
    private readonly Staff _staff;
    private readonly Policy _policy;
    private readonly Database _database;
    private readonly Ledger _ledger;
    private readonly ActGate _acts;
    private readonly TimeProvider _clock;
    private readonly PasswordVerifier _nobodys;
    private readonly ConcurrentDictionary<string, byte> _dead = new(StringComparer.Ordinal);
    private byte[]? _key;

    /// <summary>The gate of a room.</summary>
    /// <param name="staff">The room's people.</param>
    /// <param name="policy">Figures and rules.</param>
    /// <param name="database">The room's database.</param>
    /// <param name="ledger">The room's ledger.</param>
    /// <param name="acts">The room's gate of acts.</param>
    /// <param name="clock">The room's clock.</param>
    public SignInGate(Staff staff, Policy policy, Database database, Ledger ledger, ActGate acts, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _staff = staff;
        _policy = policy;
        _database = database;
        _ledger = ledger;
        _acts = acts;
        _clock = clock;
        // What an unknown user name is measured against: the same work, and never a match.
        _nobodys = new PasswordVerifier(SecureRandom.GetBytes(16), SecureRandom.GetBytes(32), policy.Values.PasswordIterations);
    }

    /// <summary>A fresh secret for a browser's cookie: 256 bits as hex.</summary>
    public static string NewCookie() => Convert.ToHexStringLower(SecureRandom.GetBytes(CookieBytes));

    /// <summary>A challenge for a page; costs no row.</summary>
    /// <param name="origin">The page's origin.</param>
    /// <param name="cookie">The browser's cookie of this sign-in.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<ChallengeMade> ChallengeAsync(string origin, string cookie, CancellationToken ct)
    {
        var key = await KeyAsync(ct).ConfigureAwait(false);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds());
        var challenge = new SignInChallenge(_staff.Room, origin, ActStatement.Digest(Encoding.UTF8.GetBytes(cookie)), now, new string('0', 32));
        return new ChallengeMade((challenge with { Nonce = NonceOf(key, challenge) }).ToCanonicalText(), now + _policy.Values.SignInChallengeLife);
    }

    /// <summary>Signs a person in; an earlier session of theirs ends.</summary>
    /// <param name="request">What the page sends.</param>
    /// <param name="origin">The origin that the platform serves its pages under.</param>
    /// <param name="cookie">The browser's cookie of this sign-in, or null when it has none.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The session's cookie, another one than before (no fixation), and the session.</returns>
    /// <exception cref="RefusedException">Malformed, StatementStale, StatementMismatch, StatementReplayed, PersonUnknown, PersonSuspended, CertificateNotValid, SignatureInvalid, AccountLocked, SignInFailed,
    /// PasswordExpired, PasswordUnfit; it is in the ledger.</exception>
    [Clause("6.6.2.5-a")]
    public async Task<(string Cookie, StaffSession Session)> SignInAsync(SignIn request, string origin, string? cookie, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        var key = await KeyAsync(ct).ConfigureAwait(false);
        Caller? caller = null;
        try
        {
            SignInChallenge challenge;
            (challenge, caller) = await _database.ReadAsync(
                session =>
                {
                    var made = Challenge(key, request, origin, cookie);
                    var found = Certified(session, request);
                    return AccountStore.IsUsed(session, made.Nonce) ? throw new RefusedException(RefusalCode.StatementReplayed, "", "challenge") : (made, found);
                },
                ct).ConfigureAwait(false);
            // The slow part, beside the writer. The same work whether the account and its user name are there or not.
            var account = caller.Account;
            var matches = (account?.Password ?? _nobodys).Matches(request.Password) && account is { ClosedAt: null } && account.UserName == request.UserName;
            var next = matches && request.NewPassword is { } wanted ? NewPassword(caller, request.Password, wanted) : null;
            return await _database.WriteAsync(session => Enter(session, request, challenge, caller, matches, next), ct).ConfigureAwait(false);
        }
        catch (RefusedException refused)
        {
            await RecordRefusalAsync(caller, request, refused.Refusal).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The session of a cookie, or null. A session ends with its time, its idle time, its certificate, and its person's office.</summary>
    /// <param name="cookie">The cookie's value.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<StaffSession?> FindAsync(string? cookie, CancellationToken ct)
    {
        if (cookie is not { Length: CookieBytes * 2 })
        {
            return null;
        }

        var digest = ActStatement.Digest(Encoding.UTF8.GetBytes(cookie));
        var now = _clock.GetUtcNow();
        var (row, found) = await _database.ReadAsync(session => AccountStore.FindSession(session, digest) is { } kept ? (kept, InForce(session, kept, now)) : (null, null), ct).ConfigureAwait(false);
        if (row is null)
        {
            await RecordDeadAsync(digest).ConfigureAwait(false);
            return null;
        }

        if (found is null)
        {
            _dead.TryAdd(digest, 0);
            await EndAsync(row, "ended", LedgerOutcome.Refused).ConfigureAwait(false);
        }
        else if (now.ToUnixTimeMilliseconds() - row.SeenAt > SeenEvery.TotalMilliseconds)
        {
            await _database.WriteAsync(session => AccountStore.Seen(session, digest, now.ToUnixTimeMilliseconds()), ct).ConfigureAwait(false);
        }

        return found;
    }

    // 6.6.1.4-a, attempted access: a cookie of no session, perhaps stolen before its person signed out, is recorded once, however often a page asks with it.
    private async Task RecordDeadAsync(string digest)
    {
        if (_dead.Count >= MostDead)
        {
            _dead.Clear();
        }

        var detail = new JsonObject { ["code"] = ContractWords.Of(RefusalCode.SessionMissing), ["cookieDigest"] = digest };
        if (!_dead.TryAdd(digest, 0) || !_acts.Unsigned.TryTake(detail))
        {
            return;
        }

        try
        {
            await _ledger.AppendAsync(new LedgerRecord { Actor = "unknown", Act = "session.use", Object = "person/unknown", Outcome = LedgerOutcome.Refused, Detail = detail }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (ActGate.IsLedgerFault(fault))
        {
            throw ActGate.Unrecorded(fault);
        }
    }

    /// <summary>Ends a session.</summary>
    /// <param name="cookie">The cookie's value.</param>
    /// <param name="ct">Cancels.</param>
    public async Task SignOutAsync(string? cookie, CancellationToken ct)
    {
        var digest = ActStatement.Digest(Encoding.UTF8.GetBytes(cookie ?? ""));
        if (await _database.ReadAsync(session => AccountStore.FindSession(session, digest), ct).ConfigureAwait(false) is { } row)
        {
            await EndAsync(row, "signed out", LedgerOutcome.Done).ConfigureAwait(false);
        }
    }

    // 1, 2
    private SignInChallenge Challenge(byte[] key, SignIn request, string origin, string? cookie)
    {
        if (!SignInChallenge.TryParse(request.Challenge, out var challenge) || challenge.Room != _staff.Room
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(NonceOf(key, challenge)), Encoding.ASCII.GetBytes(challenge.Nonce)))
        {
            throw new RefusedException(RefusalCode.Malformed, "The challenge is none of this room's.", "challenge");
        }

        if (challenge.Origin != origin)
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "The challenge was made for another site.", "challenge");
        }

        var age = _clock.GetUtcNow() - challenge.Time;
        if (age > _policy.Values.SignInChallengeLife || age < TimeSpan.Zero)
        {
            throw new RefusedException(RefusalCode.StatementStale, "Ask for a new challenge.", "challenge");
        }

        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(ActStatement.Digest(Encoding.UTF8.GetBytes(cookie ?? ""))), Encoding.ASCII.GetBytes(challenge.Session))
            ? challenge
            : throw new RefusedException(RefusalCode.StatementMismatch, "The challenge was made for another browser.", "challenge");
    }

    // 3, 4
    private Caller Certified(Session session, SignIn request)
    {
        var certificate = StaffStore.Certificate(session, request.Certificate) ?? throw new RefusedException(RefusalCode.PersonUnknown, "", "certificate");
        if (!Certificate.Decode(certificate.Der).PublicKey.Verify(AlgorithmIdentifier.Sm2WithSm3, Encoding.UTF8.GetBytes(request.Challenge), request.Signature.Length <= 256 ? request.Signature : []))
        {
            throw new RefusedException(RefusalCode.SignatureInvalid, "", "signature");
        }

        var member = _staff.InOffice(session, certificate, _clock.GetUtcNow());
        if (member.Roles.Count == 0)
        {
            throw new RefusedException(RefusalCode.PersonSuspended, $"{member.Name} holds no role here.", "certificate");
        }

        return new Caller(member, certificate, AccountStore.Of(session, member.PersonId), AccountStore.Earlier(session, member.PersonId));
    }

    // 5, 6, 7, 8: again and finally, in one transaction. What is refused here counts, so it must not be rolled back: the refusal is thrown after the commit.
    private (string Cookie, StaffSession Session) Enter(Session session, SignIn request, SignInChallenge challenge, Caller caller, bool matches, PasswordVerifier? next)
    {
        var now = _clock.GetUtcNow();
        var moment = now.ToUnixTimeMilliseconds();
        var person = caller.Person.PersonId;
        var account = AccountStore.Of(session, person);
        if (AccountStore.IsUsed(session, challenge.Nonce))
        {
            throw new RefusedException(RefusalCode.StatementReplayed, "", "challenge");
        }

        if (account is { LockedAt: not null })
        {
            throw new RefusedException(RefusalCode.AccountLocked, "", "userName");
        }

        if (!matches || account is null || account.SetAt != caller.Account?.SetAt)
        {
            throw new RefusedException(RefusalCode.SignInFailed);
        }

        if (next is null && now >= _policy.Values.PasswordLife.After(DateTimeOffset.FromUnixTimeMilliseconds(account.SetAt)))
        {
            throw new RefusedException(RefusalCode.PasswordExpired, "", "newPassword");
        }

        if (next is not null)
        {
            AccountStore.Change(session, account, next, moment, _policy.Values.PasswordHistory);
        }

        AccountStore.Use(session, challenge.Nonce, moment + (long)(3 * _policy.Values.SignInChallengeLife).TotalMilliseconds, moment);
        AccountStore.Succeeded(session, person);
        AccountStore.EndSessionsOf(session, person);
        var cookie = NewCookie();
        var row = new AccountStore.SessionRow(ActStatement.Digest(Encoding.UTF8.GetBytes(cookie)), person, request.Certificate, moment, moment);
        AccountStore.AddSession(session, row);
        _ledger.Append(session, Record(caller, request, LedgerOutcome.Done, new JsonObject { ["passwordChanged"] = next is not null }));
        return (cookie, InForce(session, row, now)!);
    }

    // The password of the moment, and the earlier ones, do not come back.
    private PasswordVerifier NewPassword(Caller caller, string present, string wanted)
    {
        PasswordRules.Check(_policy.Values, wanted, caller.Account!.UserName, caller.Person.Name);
        return wanted == present || caller.Earlier.Take(_policy.Values.PasswordHistory).Any(earlier => earlier.Matches(wanted))
            ? throw new RefusedException(RefusalCode.PasswordUnfit, $"不得与最近 {_policy.Values.PasswordHistory} 个口令相同 (used before)", "newPassword")
            : PasswordVerifier.Make(wanted, _policy.Values.PasswordIterations);
    }

    private StaffSession? InForce(Session session, AccountStore.SessionRow row, DateTimeOffset now)
    {
        var (made, seen) = (DateTimeOffset.FromUnixTimeMilliseconds(row.MadeAt), DateTimeOffset.FromUnixTimeMilliseconds(row.SeenAt));
        var ends = made + _policy.Values.SessionLife;
        var account = AccountStore.Of(session, row.PersonId);
        // A clock behind the session's beginning is no clock to sign in by.
        if (now >= ends || now - seen >= _policy.Values.SessionIdle || now < made - _policy.Values.ActTimeWindow || account is null or { ClosedAt: not null } or { LockedAt: not null }
            || StaffStore.Certificate(session, row.Certificate) is not { } certificate)
        {
            return null;
        }

        try
        {
            var person = _staff.InOffice(session, certificate, now);
            if (person.Roles.Count == 0)
            {
                return null;
            }

            var idle = now + _policy.Values.SessionIdle;
            return new StaffSession(
                person, row.Certificate, account.UserName, made, idle < ends ? idle : ends, ends, _policy.Values.PasswordLife.After(DateTimeOffset.FromUnixTimeMilliseconds(account.SetAt)),
                DateTimeOffset.FromUnixTimeMilliseconds(certificate.NotAfter));
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private async Task EndAsync(AccountStore.SessionRow row, string how, LedgerOutcome outcome)
    {
        try
        {
            await _database.WriteAsync(
                session =>
                {
                    if (AccountStore.EndSession(session, row.Digest))
                    {
                        _ledger.Append(session, new LedgerRecord
                        {
                            Actor = _staff.Find(session, row.PersonId)?.ToString() ?? row.PersonId, Act = outcome == LedgerOutcome.Done ? "session.sign-out" : "session.use", Object = $"person/{row.PersonId}",
                            Outcome = outcome, Detail = new JsonObject { ["how"] = how },
                        });
                    }
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (ActGate.IsLedgerFault(fault))
        {
            throw ActGate.Unrecorded(fault);
        }
    }

    private async Task RecordRefusalAsync(Caller? caller, SignIn request, Refusal refusal)
    {
        var detail = new JsonObject { ["code"] = ContractWords.Of(refusal.Code) };
        if (caller is null && !_acts.Unsigned.TryTake(detail))
        {
            return;
        }

        try
        {
            await _database.WriteAsync(
                session =>
                {
                    var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
                    if (caller is not null && SignInChallenge.TryParse(request.Challenge, out var challenge))
                    {
                        // A challenge is good once, also when what came with it was wrong; a new password that was refused may be tried again with a new one.
                        AccountStore.Use(session, challenge.Nonce, now + (long)(3 * _policy.Values.SignInChallengeLife).TotalMilliseconds, now);
                    }

                    if (caller is { Account: not null } && refusal.Code == RefusalCode.SignInFailed && AccountStore.Of(session, caller.Person.PersonId) is { } account)
                    {
                        var locks = account.Failures + 1 >= _policy.Values.SignInTries;
                        AccountStore.Failed(session, account.PersonId, locks, now);
                        detail["locked"] = locks;
                    }

                    _ledger.Append(session, Record(caller, request, LedgerOutcome.Refused, detail));
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (ActGate.IsLedgerFault(fault))
        {
            throw ActGate.Unrecorded(fault);
        }
    }

    // The challenge and its signature go into the record, so that an auditor can see without us that the token was there. Never the password; the user name only when it is the person's.
    private static LedgerRecord Record(Caller? caller, SignIn request, LedgerOutcome outcome, JsonObject detail)
    {
        if (caller is not null)
        {
            detail["challenge"] = request.Challenge;
            detail["signature"] = Convert.ToBase64String(request.Signature);
            detail["certificateDigest"] = request.Certificate;
        }
        else if (request.Certificate.Length == 64 && request.Certificate.All(char.IsAsciiHexDigitLower))
        {
            // What was claimed, and not proven.
            detail["claimedCertificate"] = request.Certificate;
        }

        return new LedgerRecord
        {
            Actor = caller?.Person.ToString() ?? "unknown", Act = "session.sign-in", Object = caller is null ? "person/unknown" : $"person/{caller.Person.PersonId}", Outcome = outcome, Detail = detail,
        };
    }

    private async Task<byte[]> KeyAsync(CancellationToken ct) =>
        _key ??= await _database.WriteAsync(static session => AccountStore.ChallengeKey(session, SecureRandom.GetBytes(32)), ct).ConfigureAwait(false);

    private static string NonceOf(byte[] key, SignInChallenge challenge)
    {
        Span<byte> mac = stackalloc byte[Sm3.HashSizeInBytes];
        HmacSm3.HashData(key, Encoding.UTF8.GetBytes((challenge with { Nonce = new string('0', 32) }).ToCanonicalText()), mac);
        return Convert.ToHexStringLower(mac[..16]);
    }

    private sealed record Caller(StaffMember Person, StaffStore.CertificateRow Certificate, AccountStore.AccountRow? Account, IReadOnlyList<PasswordVerifier> Earlier);
}
