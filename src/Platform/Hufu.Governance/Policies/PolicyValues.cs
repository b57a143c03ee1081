using System.Globalization;

namespace Hufu.Governance;

/// <summary>The figures of policy/values.yaml, typed. Code asks here and holds none itself (design decision 5). Durations are whole seconds.</summary>
public sealed record PolicyValues
{
    /// <summary>Every value as it stands in the file, in the file's order.</summary>
    public required IReadOnlyList<PolicyValue> All { get; init; }

    /// <summary>Renewal opens this long before expiry (6.2.6.1-a).</summary>
    public required CalendarPeriod RenewalOpensBefore { get; init; }

    /// <summary>Renewal closes this long after expiry (6.2.6.1-a).</summary>
    public required CalendarPeriod RenewalClosesAfter { get; init; }

    /// <summary>The platform's own certificates renew themselves this long before they end (6.2.6.1-a, R18).</summary>
    public required CalendarPeriod ServiceRenewalOpensBefore { get; init; }

    /// <summary>A refusal and its reason reach the applicant within this time (6.2.2.2-b).</summary>
    public required TimeSpan RefusalNoticeWithin { get; init; }

    /// <summary>A complete application is answered within this time (6.2.2.3-a).</summary>
    public required TimeSpan AnswerWithin { get; init; }

    /// <summary>A holder's verified revocation request is carried out and in the CRL within this time (6.2.7.3-a).</summary>
    public required TimeSpan HolderRevocationWithin { get; init; }

    /// <summary>The CA or RA, sure of a reason, revokes within this time (6.2.7.3-b).</summary>
    public required TimeSpan AuthorityRevocationWithin { get; init; }

    /// <summary>From one regular CRL to the next (6.2.7.5-a).</summary>
    public required TimeSpan CrlEvery { get; init; }

    /// <summary>The time of day of the regular CRL, in <see cref="TimeZone"/> (6.2.7.5-a).</summary>
    public required TimeOnly CrlAt { get; init; }

    /// <summary>How long a CRL's nextUpdate lies beyond the next regular CRL, so that a late one leaves no gap.</summary>
    public required TimeSpan CrlOverlap { get; init; }

    /// <summary>A CRL's file is kept this long after its nextUpdate.</summary>
    public required CalendarPeriod CrlFilesKeptAfterEnd { get; init; }

    /// <summary>Validity of the root's own CRL, which is signed by hand.</summary>
    public required CalendarPeriod RootCrlLife { get; init; }

    /// <summary>Never more than this from revocation to CRL (6.2.7.6-a).</summary>
    public required TimeSpan RevocationInCrlWithin { get; init; }

    /// <summary>How long an OCSP answer says that it is good for.</summary>
    public required TimeSpan OcspAnswerLife { get; init; }

    /// <summary>Longest life of a root (6.6.2.3-b).</summary>
    public required CalendarPeriod LongestRootLife { get; init; }

    /// <summary>Longest life of an intermediate or operational CA (6.6.2.3-b).</summary>
    public required CalendarPeriod LongestCaLife { get; init; }

    /// <summary>Longest life of a holder's certificate (6.6.2.3-b).</summary>
    public required CalendarPeriod LongestHolderLife { get; init; }

    /// <summary>How far notBefore may lie before the moment of issue (R04).</summary>
    public required TimeSpan BackdatingLimit { get; init; }

    /// <summary>How far a signed act's time may lie from the room's clock, either way.</summary>
    public required TimeSpan ActTimeWindow { get; init; }

    /// <summary>How far a sealed message's time may lie from the receiving room's clock, either way; an outbox seals anew at every try.</summary>
    public required TimeSpan MessageTimeWindow { get; init; }

    /// <summary>The accuracy that time stamps state (RFC 3161 2.4.2; 6.6.2.8-a).</summary>
    public required TimeSpan TimeStampAccuracy { get; init; }

    /// <summary>No certificates and CRLs are signed when the clock differs from other sources of time by more than this (6.6.2.8-a).</summary>
    public required TimeSpan IssuingClockBound { get; init; }

    /// <summary>No time stamps are given when the clock is further behind the latest one than this (6.6.2.8-a).</summary>
    public required TimeSpan TimeStampClockBound { get; init; }

    /// <summary>The figures of registration.</summary>
    public required RegistrationValues Registration { get; init; }

    /// <summary>How long a presented share lies on the table, in memory only, before it is wiped.</summary>
    public required TimeSpan SharePresentationLife { get; init; }

    /// <summary>How long a one-time code for fetching lives.</summary>
    public required CalendarPeriod OneTimeCodeLife { get; init; }

    /// <summary>Wrong tries that a one-time code survives.</summary>
    public required int OneTimeCodeTries { get; init; }

    /// <summary>Wrong challenge phrases before self-service revocation of that certificate is shut.</summary>
    public required int ChallengePhraseTries { get; init; }

    /// <summary>Shares of a device's administration key (6.6.2.2-a).</summary>
    public required int KeyShares { get; init; }

    /// <summary>Shares that must come together (6.6.2.2-a).</summary>
    public required int KeyShareThreshold { get; init; }

    /// <summary>A new CA key is in a split backup within this time; past it the CA issues nothing under it (6.6.2.2-c).</summary>
    public required TimeSpan KeyBackupWithin { get; init; }

    /// <summary>The spare store of the key centre refills itself below this many pairs (GM/T 0038).</summary>
    public required int SpareKeysLow { get; init; }

    /// <summary>And is filled up to this many.</summary>
    public required int SpareKeysFull { get; init; }

    /// <summary>An order of justice at the key centre is open for at most this long (6.2.8-c).</summary>
    public required CalendarPeriod JusticeOrderLife { get; init; }

    /// <summary>From one recovery drill of the key centre to the next at most (6.2.8-a).</summary>
    public required CalendarPeriod RecoveryDrillEvery { get; init; }

    /// <summary>Records about a certificate are kept this long after its end (6.6.1.4-c, 6.6.1.5-b).</summary>
    public required CalendarPeriod RecordsKeptAfterEnd { get; init; }

    /// <summary>Shortest password (6.6.2.4-a).</summary>
    public required int PasswordLength { get; init; }

    /// <summary>PINs and passwords are to be changed after this long at the latest (6.6.2.4-b).</summary>
    public required CalendarPeriod PasswordLife { get; init; }

    /// <summary>Different characters that a password has at least (6.6.2.4-a: not many equal ones).</summary>
    public required int PasswordDifferent { get; init; }

    /// <summary>Equal characters in a row that a password has at most (6.6.2.4-a).</summary>
    public required int PasswordRun { get; init; }

    /// <summary>No part of the user name of this length or longer stands in a password (6.6.2.4-a).</summary>
    public required int PasswordNamePart { get; init; }

    /// <summary>A new password differs from so many earlier ones.</summary>
    public required int PasswordHistory { get; init; }

    /// <summary>Iterations of PBKDF2-SM3 for new passwords.</summary>
    public required int PasswordIterations { get; init; }

    /// <summary>Requests that nobody has signed are recorded one by one up to so many an hour; the rest is counted.</summary>
    public required int UnsignedRecorded { get; init; }

    /// <summary>A background check is good for this long (6.6.1.3-a).</summary>
    public required CalendarPeriod BackgroundCheckLife { get; init; }

    /// <summary>Training is good for this long (6.6.1.3-d: at least yearly).</summary>
    public required CalendarPeriod TrainingLife { get; init; }

    /// <summary>Term of a role; then rotation or confirmation (6.6.1.3-a).</summary>
    public required CalendarPeriod RoleTerm { get; init; }

    /// <summary>Background check and training are on record within this time after a person's first appointment.</summary>
    public required CalendarPeriod FitnessGrace { get; init; }

    /// <summary>For this long after a room's initialisation appointments need no second person.</summary>
    public required TimeSpan FoundingPeriod { get; init; }

    /// <summary>A proposal waits for its second person at most this long.</summary>
    public required TimeSpan SecondWithin { get; init; }

    /// <summary>Wrong passwords in a row that lock an account.</summary>
    public required int SignInTries { get; init; }

    /// <summary>Life of a sign-in challenge.</summary>
    public required TimeSpan SignInChallengeLife { get; init; }

    /// <summary>A month is reviewed within this time after its end (6.6.1.4-b).</summary>
    public required CalendarPeriod MonthReviewWithin { get; init; }

    /// <summary>Scans of manual registers that could not be copied at once are tried again this often (6.6.1.4-j).</summary>
    public required TimeSpan ManualRecordCopyEvery { get; init; }

    /// <summary>A session ends when nothing was done for this long.</summary>
    public required TimeSpan SessionIdle { get; init; }

    /// <summary>Longest session.</summary>
    public required TimeSpan SessionLife { get; init; }

    /// <summary>The zone of people's days and of "00:00" (design decision 8).</summary>
    public required TimeZoneInfo TimeZone { get; init; }

    /// <summary>The values that come from a clause.</summary>
    public IReadOnlyList<PolicyValue> ByClause(string clause) => [.. All.Where(value => value.Clause == clause)];

    /// <summary>The first regular CRL time that lies after a moment: "every day at 00:00" is <see cref="TimeZone"/>'s (6.2.7.5-a).</summary>
    [Hufu.Contracts.Clause("6.2.7.5-a")]
    public DateTimeOffset NextCrlAfter(DateTimeOffset moment)
    {
        var local = TimeZoneInfo.ConvertTime(moment, TimeZone);
        var anchor = new DateTimeOffset(local.Year, local.Month, local.Day, 0, 0, 0, local.Offset) + CrlAt.ToTimeSpan();
        while (anchor > moment)
        {
            anchor -= CrlEvery;
        }

        while (anchor <= moment)
        {
            anchor += CrlEvery;
        }

        return anchor.ToUniversalTime();
    }

    /// <summary>A moment in the words of <see cref="TimeZone"/>: <c>2026-11-22 16:05</c>.</summary>
    public string LocalText(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, TimeZone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
