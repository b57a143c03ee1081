namespace Hufu.Governance;

/// <summary>Reads values.yaml: every key known, every known key there, each with its clause; then whether they fit one another.</summary>
internal static class ValuesFile
{
    public const string Name = "values.yaml";

    public static PolicyValues Load(string directory)
    {
        var file = YamlMap.Load(directory, Name);
        var all = new List<PolicyValue>();

        YamlMap Entry(string key)
        {
            var entry = file.Map(key);
            all.Add(new PolicyValue(key, entry.Text("clause"), entry.Text("value"), entry.Text("zh"), entry.Text("en")));
            entry.Close();
            return entry;
        }

        CalendarPeriod Period(string key)
        {
            var entry = Entry(key);
            var period = entry.Period("value");
            return period.IsZero ? throw entry.Error($"'{key}' must be longer than nothing.") : period;
        }

        TimeSpan Span(string key)
        {
            var entry = Entry(key);
            var period = entry.Period("value");
            return period.Months == 0 && !period.IsZero ? period.Time : throw entry.Error($"'{key}' must be given in days, hours, minutes or seconds.");
        }

        int Number(string key, int least, int most) => Entry(key).Number("value", least, most);

        var values = new PolicyValues
        {
            All = all,
            TimeZone = Zone(Entry("time-zone")),
            RenewalOpensBefore = Period("renewal-opens-before"),
            RenewalClosesAfter = Period("renewal-closes-after"),
            ServiceRenewalOpensBefore = Period("service-renewal-opens-before"),
            RefusalNoticeWithin = Span("refusal-notice-within"),
            AnswerWithin = Span("answer-within"),
            HolderRevocationWithin = Span("holder-revocation-within"),
            AuthorityRevocationWithin = Span("authority-revocation-within"),
            CrlEvery = Span("crl-every"),
            CrlAt = TimeOfDay(Entry("crl-at")),
            CrlOverlap = Span("crl-overlap"),
            CrlFilesKeptAfterEnd = Period("crl-files-kept-after-end"),
            RootCrlLife = Period("root-crl-life"),
            RevocationInCrlWithin = Span("revocation-in-crl-within"),
            OcspAnswerLife = Span("ocsp-answer-life"),
            LongestRootLife = Period("longest-root-life"),
            LongestCaLife = Period("longest-ca-life"),
            LongestHolderLife = Period("longest-holder-life"),
            BackdatingLimit = Span("backdating-limit"),
            ActTimeWindow = Span("act-time-window"),
            MessageTimeWindow = Span("message-time-window"),
            TimeStampAccuracy = Span("time-stamp-accuracy"),
            IssuingClockBound = Span("issuing-clock-bound"),
            TimeStampClockBound = Span("time-stamp-clock-bound"),
            SharePresentationLife = Span("share-presentation-life"),
            OneTimeCodeLife = Period("one-time-code-life"),
            OneTimeCodeTries = Number("one-time-code-tries", 1, 20),
            ChallengePhraseTries = Number("challenge-phrase-tries", 1, 20),
            KeyShares = Number("key-shares", 2, 16),
            KeyShareThreshold = Number("key-share-threshold", 2, 16),
            KeyBackupWithin = Span("key-backup-within"),
            SpareKeysLow = Number("spare-keys-low", 0, 1_000_000),
            SpareKeysFull = Number("spare-keys-full", 1, 1_000_000),
            JusticeOrderLife = Period("justice-order-life"),
            RecoveryDrillEvery = Period("recovery-drill-every"),
            RecordsKeptAfterEnd = Period("records-kept-after-end"),
            Registration = RegistrationValues.Read(Period, Span),
            PasswordLength = Number("password-length", 8, 64),
            PasswordLife = Period("password-life"),
            PasswordDifferent = Number("password-different", 2, 32),
            PasswordRun = Number("password-run", 1, 8),
            PasswordNamePart = Number("password-name-part", 3, 8),
            PasswordHistory = Number("password-history", 1, 24),
            PasswordIterations = Number("password-iterations", 10, 10_000_000),
            UnsignedRecorded = Number("unsigned-recorded", 1, 10_000),
            BackgroundCheckLife = Period("background-check-life"),
            TrainingLife = Period("training-life"),
            RoleTerm = Period("role-term"),
            FitnessGrace = Period("fitness-grace"),
            FoundingPeriod = Span("founding-period"),
            SecondWithin = Span("second-within"),
            SignInTries = Number("sign-in-tries", 3, 10),
            SignInChallengeLife = Span("sign-in-challenge-life"),
            MonthReviewWithin = Period("month-review-within"),
            ManualRecordCopyEvery = Span("manual-record-copy-every"),
            SessionIdle = Span("session-idle"),
            SessionLife = Span("session-life"),
        };
        file.Close();
        Fit(values);
        return values;
    }

    private static void Fit(PolicyValues values)
    {
        Demand(values.KeyShareThreshold <= values.KeyShares, "key-share-threshold is larger than key-shares.");
        Demand(values.SpareKeysLow < values.SpareKeysFull, "spare-keys-low must lie below spare-keys-full.");
        Demand(values.CrlEvery <= values.RevocationInCrlWithin, "crl-every is longer than revocation-in-crl-within allows (6.2.7.6-a).");
        Demand(values.ActTimeWindow <= TimeSpan.FromHours(1), "act-time-window is longer than an hour: a stolen statement would live too long.");
        Demand(values.SignInChallengeLife <= TimeSpan.FromMinutes(5), "sign-in-challenge-life is longer than five minutes.");
        Demand(values.SessionIdle <= values.SessionLife && values.SessionLife <= TimeSpan.FromHours(12), "session-idle must lie within session-life, and that within twelve hours.");
        Demand(values.ManualRecordCopyEvery > TimeSpan.Zero && values.ManualRecordCopyEvery <= TimeSpan.FromMinutes(15), "manual-record-copy-every is longer than fifteen minutes (6.6.1.4-j).");
        Demand(values.FoundingPeriod <= TimeSpan.FromDays(30), "founding-period is longer than thirty days.");
        Demand(values.TimeStampAccuracy <= TimeSpan.FromMinutes(1), "time-stamp-accuracy is longer than a minute.");
        Demand(values.TimeStampClockBound <= values.TimeStampAccuracy, "time-stamp-clock-bound is longer than the accuracy that is stated.");
        Demand(values.LongestHolderLife.IsAtMost(values.LongestCaLife), "longest-holder-life is longer than longest-ca-life.");
        Demand(values.LongestCaLife.IsAtMost(values.LongestRootLife), "longest-ca-life is longer than longest-root-life.");
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new PolicyException(Name, 0, otherwise);
        }
    }

    private static TimeOnly TimeOfDay(YamlMap entry) =>
        TimeOnly.TryParseExact(entry.Text("value"), "HH:mm", out var time) ? time : throw entry.Error("The value must be a time of day such as 00:00.");

    private static TimeZoneInfo Zone(YamlMap entry)
    {
        var id = entry.Text("value");
        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
        {
            return zone;
        }

        // A machine without tzdata: China has kept UTC+8 without summer time since 1991.
        return id == "Asia/Shanghai"
            ? TimeZoneInfo.CreateCustomTimeZone(id, TimeSpan.FromHours(8), "北京时间", "北京时间")
            : throw entry.Error($"The time zone '{id}' is unknown on this machine.");
    }
}
