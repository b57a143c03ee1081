namespace Hufu.Ca.Profiles;

/// <summary>What lies between two texts, line by line.</summary>
internal static class TextDifference
{
    /// <summary>Every line of both: <c> </c> in both, <c>-</c> only in the first, <c>+</c> only in the second; as few changes as there can be.</summary>
    /// <param name="left">The first; at most some hundred lines.</param>
    /// <param name="right">The second.</param>
    public static IReadOnlyList<string> Of(string left, string right)
    {
        string[] from = Lines(left), to = Lines(right);
        var common = new int[from.Length + 1, to.Length + 1];
        for (var i = from.Length - 1; i >= 0; i--)
        {
            for (var j = to.Length - 1; j >= 0; j--)
            {
                common[i, j] = from[i] == to[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        List<string> lines = [];
        var (x, y) = (0, 0);
        while (x < from.Length || y < to.Length)
        {
            if (x < from.Length && y < to.Length && from[x] == to[y])
            {
                lines.Add(" " + from[x++]);
                y++;
            }
            else if (x < from.Length && (y == to.Length || common[x + 1, y] >= common[x, y + 1]))
            {
                lines.Add("-" + from[x++]);
            }
            else
            {
                lines.Add("+" + to[y++]);
            }
        }

        return lines;
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
