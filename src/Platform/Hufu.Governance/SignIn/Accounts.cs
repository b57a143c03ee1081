using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>User names and passwords, set by the people themselves with their tokens: nobody else ever knows a password, so there is no first one to be changed.</summary>
/// <param name="policy">Figures.</param>
/// <param name="clock">The room's clock.</param>
public sealed class Accounts(Policy policy, TimeProvider clock)
{
    /// <summary>Opens the signer's own account, or opens it again after it was reset.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="person">Whose; signed by their own token.</param>
    /// <param name="opening">User name and password.</param>
    /// <exception cref="RefusedException">FieldInvalid, PasswordUnfit, StateWrong.</exception>
    [Clause("6.6.2.5-a")]
    [Clause("6.6.2.4-b")]
    public AccountOpened Open(Session session, StaffMember person, AccountOpening opening)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(opening);
        Demand(IsUserName(opening.UserName), RefusalCode.FieldInvalid, "3 to 32 of a–z, 0–9, '.', '-'; begins with a letter.", "userName");
        Demand(opening.Blind.Length == 32 && opening.Blind.All(char.IsAsciiHexDigitLower), RefusalCode.FieldInvalid, "32 lower-case hex digits, random.", "blind");
        var account = AccountStore.Of(session, person.PersonId);
        Demand(account is null or { ClosedAt: not null }, RefusalCode.StateWrong, "The account is open already; a password is changed at sign-in.", "account");
        Demand(AccountStore.PersonOf(session, opening.UserName) is not { } other || other == person.PersonId, RefusalCode.FieldInvalid, "The user name is taken.", "userName");
        PasswordRules.Check(policy.Values, opening.Password, opening.UserName, person.Name);
        if (account is not null)
        {
            AccountStore.Keep(session, account, policy.Values.PasswordHistory);
            Demand(
                !AccountStore.Earlier(session, person.PersonId).Take(policy.Values.PasswordHistory).Any(earlier => earlier.Matches(opening.Password)), RefusalCode.PasswordUnfit,
                $"不得与最近 {policy.Values.PasswordHistory} 个口令相同 (used before)", "password");
        }

        var now = clock.GetUtcNow();
        AccountStore.Open(session, person.PersonId, opening.UserName, PasswordVerifier.Make(opening.Password, policy.Values.PasswordIterations), now.ToUnixTimeMilliseconds());
        return new AccountOpened(person.PersonId, opening.UserName, policy.Values.PasswordLife.After(now));
    }

    /// <summary>Unlocks an account.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="personId">Whose.</param>
    /// <exception cref="RefusedException">UnknownObject, StateWrong.</exception>
    public static void Unlock(Session session, string personId)
    {
        var account = AccountStore.Of(session, personId) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such account.", "person");
        Demand(account.LockedAt is not null, RefusalCode.StateWrong, "The account is not locked.", "account");
        AccountStore.Unlock(session, personId);
    }

    /// <summary>Closes an account until its person opens it anew; their sessions end.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="personId">Whose.</param>
    /// <exception cref="RefusedException">UnknownObject, StateWrong.</exception>
    public void Reset(Session session, string personId)
    {
        var account = AccountStore.Of(session, personId) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such account.", "person");
        Demand(account.ClosedAt is null, RefusalCode.StateWrong, "The account is closed already.", "account");
        AccountStore.Close(session, personId, clock.GetUtcNow().ToUnixTimeMilliseconds());
        AccountStore.EndSessionsOf(session, personId);
    }

    private static bool IsUserName(string name) =>
        name.Length is >= 3 and <= 32 && char.IsAsciiLetterLower(name[0]) && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '-');

    private static void Demand(bool holds, RefusalCode code, string otherwise, string field)
    {
        if (!holds)
        {
            throw new RefusedException(code, otherwise, field);
        }
    }
}
