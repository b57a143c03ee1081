using System.Text;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>What happened to an application (ra_steps), for those who act on it next: a refusal goes back to entry with its reasons.</summary>
internal static class StepStore
{
    public const int Most = 200;

    public static void Add(Session session, IDataCipher cipher, string application, string what, string by, string? note, long now)
    {
        var number = session.Scalar<long>("SELECT COUNT(*) FROM ra_steps WHERE application = @Application", new { Application = application }) + 1;
        session.Execute(
            "INSERT INTO ra_steps (application, number, at, what, by_whom, note) VALUES (@Application, @Number, @Now, @What, @By, @Note)",
            new
            {
                Application = application,
                Number = number,
                Now = now,
                What = what,
                By = by,
                Note = string.IsNullOrEmpty(note) ? null : cipher.Seal(Encoding.UTF8.GetBytes(note), Label(application, number)),
            });
    }

    public static IReadOnlyList<ApplicationStep> Of(Session session, IDataCipher cipher, string application) =>
    [
        .. session.Query<Row>("SELECT number, at, what, by_whom, note FROM ra_steps WHERE application = @Application ORDER BY number LIMIT @Most", new { Application = application, Most })
            .Select(row => new ApplicationStep(
                DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.What, row.ByWhom, row.Note is null ? null : Encoding.UTF8.GetString(cipher.Open(row.Note, Label(application, row.Number))))),
    ];

    private static byte[] Label(string application, long number) => Encoding.ASCII.GetBytes($"{application}/step/{number}");

    private sealed class Row
    {
        public long Number { get; set; }

        public long At { get; set; }

        public string What { get; set; } = "";

        public string ByWhom { get; set; } = "";

        public byte[]? Note { get; set; }
    }
}
