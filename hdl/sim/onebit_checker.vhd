-- Testbench component: makes clock and reset, sends the stimulus, and compares the result with what is expected, beat by
-- beat. docs/hdl/onebit_checker.md describes it. For simulation only.
--
-- Both files hold a beat a line in hexadecimal. STALL_IN and STALL_OUT are the percentage of clocks at which no beat is
-- offered and none is taken; SEED makes them another sequence. Without stalls it also measures the clocks between results.

library ieee;
use ieee.std_logic_1164.all;
use ieee.math_real.all;
use std.textio.all;
use std.env.all;

entity onebit_checker is
  generic (
    STIMULUS   : string;
    EXPECTED   : string;
    IN_BITS    : positive;
    OUT_BITS   : positive;
    IN_BEATS   : positive;             -- of an image
    OUT_BEATS  : positive;             -- of a result
    CYCLES     : positive;             -- the most clocks from result to result, if nothing stalls
    WATCHDOG   : positive := 100_000;  -- clocks without a beat of the result after which it gives up
    ERROR_CAP  : positive := 10;       -- errors after which it gives up
    STALL_IN   : natural range 0 to 95 := 0;
    STALL_OUT  : natural range 0 to 95 := 0;
    SEED       : positive := 1
  );
  port (
    aclk    : out std_logic := '0';
    aresetn : out std_logic := '0';
    -- To the design.
    m_tvalid : out std_logic := '0';
    m_tready : in  std_logic;
    m_tdata  : out std_logic_vector(IN_BITS - 1 downto 0) := (others => 'X');
    m_tlast  : out std_logic := 'X';
    -- From the design.
    s_tvalid : in  std_logic;
    s_tready : out std_logic := '0';
    s_tdata  : in  std_logic_vector(OUT_BITS - 1 downto 0);
    s_tlast  : in  std_logic
  );
end entity;

architecture sim of onebit_checker is
  signal ready : std_logic := '0';
  signal clock : natural := 0;      -- rising edges so far
  signal started : natural := 0;    -- when the first beat of the first image was taken
  signal running : boolean := true;
begin
  aclk <= not aclk after 5 ns when running;
  aresetn <= '1' after 42 ns;
  clock <= clock + 1 when rising_edge(aclk);
  s_tready <= ready;

  send : process
    file f : text open read_mode is STIMULUS;
    variable l : line;
    variable data : std_logic_vector((IN_BITS + 3) / 4 * 4 - 1 downto 0);
    variable seed_1, seed_2 : positive := SEED;
    variable draw : real;
    variable beat : natural := 0;
  begin
    wait until rising_edge(aclk) and aresetn = '1';
    while not endfile(f) loop
      readline(f, l);
      hread(l, data);
      loop
        uniform(seed_1, seed_2, draw);
        exit when draw * 100.0 >= real(STALL_IN);
        wait until rising_edge(aclk);
      end loop;
      m_tvalid <= '1';
      m_tdata <= data(m_tdata'range);
      m_tlast <= '1' when beat mod IN_BEATS = IN_BEATS - 1 else '0';
      wait until rising_edge(aclk) and m_tready = '1';
      if beat = 0 then
        started <= clock;
      end if;
      beat := beat + 1;
      m_tvalid <= '0';
      m_tdata <= (others => 'X');
      m_tlast <= 'X';
    end loop;
    wait;
  end process;

  take : process
    file f : text open read_mode is EXPECTED;
    variable l : line;
    variable data : std_logic_vector((OUT_BITS + 3) / 4 * 4 - 1 downto 0);
    variable seed_1, seed_2 : positive := SEED + 1;
    variable draw : real;
    variable beat, errors, interval, latency : natural := 0;
    variable last_beat, last_result : natural := 0;
    variable held : std_logic := '0';
    variable held_data : std_logic_vector(s_tdata'range);
    variable held_last : std_logic;

    procedure fault(what : string) is
    begin
      report "image " & to_string(beat / OUT_BEATS) & ", beat " & to_string(beat mod OUT_BEATS) & ": " & what
        severity error;
      errors := errors + 1;
      if errors = ERROR_CAP then
        report "onebit: gives up after " & to_string(errors) & " errors" severity failure;
      end if;
    end procedure;

    -- What holds at every clock: a beat that is offered stays as it is until it is taken.
    procedure next_clock is
    begin
      wait until rising_edge(aclk);
      if held = '1' and (s_tvalid /= '1' or s_tdata /= held_data or s_tlast /= held_last) then
        fault("changed before it was taken");
      end if;
      held := s_tvalid and not ready;
      held_data := s_tdata;
      held_last := s_tlast;
      if clock - last_beat > WATCHDOG then
        report "onebit: no result for " & to_string(WATCHDOG) & " clocks" severity failure;
      end if;
    end procedure;
  begin
    wait until rising_edge(aclk) and aresetn = '1';
    while not endfile(f) loop
      readline(f, l);
      hread(l, data);
      loop
        uniform(seed_1, seed_2, draw);
        exit when draw * 100.0 >= real(STALL_OUT);
        next_clock;
      end loop;
      ready <= '1';
      loop
        next_clock;
        exit when s_tvalid = '1';
      end loop;
      ready <= '0' when STALL_OUT > 0;
      if s_tdata /= data(s_tdata'range) then
        fault("is " & to_hstring(s_tdata) & ", expected " & to_hstring(data));
      end if;
      if (s_tlast = '1') /= (beat mod OUT_BEATS = OUT_BEATS - 1) then
        fault("has tlast " & to_string(s_tlast));
      end if;
      if beat mod OUT_BEATS = OUT_BEATS - 1 then
        if beat < OUT_BEATS then
          latency := clock - started;
        else
          interval := maximum(interval, clock - last_result);
        end if;
        last_result := clock;
      end if;
      last_beat := clock;
      beat := beat + 1;
    end loop;
    ready <= '1';
    for i in 1 to 2 * CYCLES loop
      next_clock;
      if s_tvalid = '1' then
        fault("came, though all results were there");
        exit;
      end if;
    end loop;
    if STALL_IN = 0 and STALL_OUT = 0 and interval > CYCLES then
      fault("results came " & to_string(interval) & " clocks apart, not " & to_string(CYCLES));
    end if;
    running <= false;
    write(l, "onebit: " & to_string(beat / OUT_BEATS) & " images, " & to_string(errors) & " errors, interval "
      & to_string(interval) & ", latency " & to_string(latency));
    writeline(output, l);
    if errors > 0 or beat = 0 or beat mod OUT_BEATS /= 0 then
      report "onebit: failed" severity failure;
    end if;
    finish;
  end process;
end architecture;
