using System.Text;

namespace Hufu.Ceremony.Commands;

/// <summary>Reads a PIN: unseen from a terminal, a line from a pipe.</summary>
internal static class Secret
{
    private const int Longest = 64;

    public static string? Read(TextWriter output)
    {
        if (Console.IsInputRedirected)
        {
            output.WriteLine();
            return Console.In.ReadLine();
        }

        StringBuilder typed = new(Longest);
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    output.WriteLine();
                    return typed.ToString();
                case ConsoleKey.Backspace:
                    typed.Length = Math.Max(0, typed.Length - 1);
                    break;
                default:
                    if (!char.IsControl(key.KeyChar) && typed.Length < Longest)
                    {
                        typed.Append(key.KeyChar);
                    }

                    break;
            }
        }
    }
}
