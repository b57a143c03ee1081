using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>Conditions of a role (6.6.1.3): background check, training, term of office. What has lapsed suspends its person at use; what is missing is waited for during the grace after the first appointment.</summary>
internal static class Fitness
{
    public static string Word(FitnessKind kind) => kind switch
    {
        FitnessKind.BackgroundCheck => "background-check",
        FitnessKind.Training => "training",
        _ => "term",
    };

    public static IReadOnlyList<string> Lapsed(Session session, Policy policy, string room, string personId, DateTimeOffset now)
    {
        var lapsed = new List<string>();
        var kinds = Conditions(session, policy, room, personId);
        if (kinds.Count == 0)
        {
            return lapsed;
        }

        var (added, appointed) = StaffStore.Since(session, personId);
        foreach (var kind in kinds)
        {
            var last = StaffStore.LastFitness(session, personId, Word(kind));
            if (kind == FitnessKind.Term)
            {
                last = Math.Max(last, appointed);
            }

            var until = last == 0 ? policy.Values.FitnessGrace.After(DateTimeOffset.FromUnixTimeMilliseconds(added)) : Until(policy.Values, kind, last);
            if (now >= until)
            {
                lapsed.Add($"{Title(kind)}{(last == 0 ? "未在期限内登记" : "已过期")}（{policy.Values.LocalText(until)}，{Clause(kind)}）");
            }
        }

        return lapsed;
    }

    public static IReadOnlyList<FitnessEntry> OnRecord(Session session, Policy policy, string room, string personId)
    {
        var (_, appointed) = StaffStore.Since(session, personId);
        return
        [
            .. Conditions(session, policy, room, personId).Select(kind => (Kind: kind, Last: Math.Max(StaffStore.LastFitness(session, personId, Word(kind)), kind == FitnessKind.Term ? appointed : 0)))
                .Where(one => one.Last > 0).Select(one => new FitnessEntry(one.Kind, DateTimeOffset.FromUnixTimeMilliseconds(one.Last), Until(policy.Values, one.Kind, one.Last))),
        ];
    }

    private static IReadOnlyList<FitnessKind> Conditions(Session session, Policy policy, string room, string personId) =>
    [
        .. StaffStore.Roles(session, personId).Where(role => policy.Roles.TryGetValue(role, out var definition) && definition.ExistsIn(room))
            .SelectMany(role => policy.Roles[role].Conditions).Distinct().Order(),
    ];

    private static DateTimeOffset Until(PolicyValues values, FitnessKind kind, long on)
    {
        var life = kind switch
        {
            FitnessKind.BackgroundCheck => values.BackgroundCheckLife,
            FitnessKind.Training => values.TrainingLife,
            _ => values.RoleTerm,
        };
        return life.After(DateTimeOffset.FromUnixTimeMilliseconds(on));
    }

    private static string Title(FitnessKind kind) => kind switch
    {
        FitnessKind.BackgroundCheck => "背景审查",
        FitnessKind.Training => "岗位培训",
        _ => "岗位任期",
    };

    private static string Clause(FitnessKind kind) => kind == FitnessKind.Training ? "6.6.1.3-d" : "6.6.1.3-a";
}
