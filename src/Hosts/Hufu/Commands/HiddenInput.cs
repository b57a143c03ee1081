using System.Text;

namespace Hufu.Host.Commands;

/// <summary>Reads a PIN: unseen from a terminal, a line from a pipe.</summary>
internal static class HiddenInput
{
    private const int Longest = 64;

    /// <summary>Null at the end of a pipe.</summary>
    public static string? Read(string prompt)
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine();
        }

        Console.Error.Write(prompt);
        StringBuilder typed = new(Longest);
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar) && typed.Length < Longest)
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
